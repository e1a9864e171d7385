// Package hello is the part that all servers of this module share: what they answer and where they listen.
package hello

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// NewRouter returns a router with every route but the health check.
func NewRouter() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	pod := os.Getenv("HOSTNAME")
	router := gin.New()
	router.Use(func(c *gin.Context) { c.Header("X-Pod", pod) })
	router.GET("/", greet)
	router.POST("/", greet)
	return router
}

// Healthy answers a health check.
func Healthy(c *gin.Context) {
	c.String(http.StatusOK, "ok")
}

// Address returns where to listen, as HOST and PORT say.
func Address() string {
	return net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "0.0.0.0"), cmp.Or(os.Getenv("PORT"), "8080"))
}

func greet(c *gin.Context) {
	if _, err := io.Copy(io.Discard, c.Request.Body); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	seconds, err := strconv.ParseFloat(c.DefaultQuery("delay", cmp.Or(os.Getenv("HELLO_REST_REQUEST_DELAY"), "0")), 64)
	if err != nil {
		c.String(http.StatusBadRequest, "delay is not a number of seconds\n")
		return
	}
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	c.String(http.StatusOK, "Hello World!\n")
}
