// Naive runs the server and does nothing about its end.
package main

import (
	"log"

	"hello/internal/hello"
)

func main() {
	router := hello.NewRouter()
	router.GET("/health", hello.Healthy)
	log.Fatal(router.Run(hello.Address()))
}
