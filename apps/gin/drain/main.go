// Drain says that it is not ready when it gets SIGTERM, goes on serving for a while, then finishes the
// requests in flight.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"hello/internal/hello"
)

const (
	drainTime       = 2 * time.Second
	shutdownTimeout = 5 * time.Second
)

func main() {
	terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	router := hello.NewRouter()
	router.GET("/health", func(c *gin.Context) {
		if terminated.Err() != nil {
			c.String(http.StatusServiceUnavailable, "terminating")
			return
		}
		hello.Healthy(c)
	})
	server := &http.Server{Addr: hello.Address(), Handler: router}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()

	<-terminated.Done()
	time.Sleep(drainTime)
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		log.Fatal("shutdown: ", err)
	}
}
