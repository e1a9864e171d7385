// Shutdown finishes the requests in flight when it gets SIGTERM.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"hello/internal/hello"
)

const shutdownTimeout = 5 * time.Second

func main() {
	terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	router := hello.NewRouter()
	router.GET("/health", hello.Healthy)
	server := &http.Server{Addr: hello.Address(), Handler: router}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()

	<-terminated.Done()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		log.Fatal("shutdown: ", err)
	}
}
