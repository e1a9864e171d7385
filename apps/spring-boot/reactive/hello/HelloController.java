package hello;

import java.time.Duration;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class HelloController {

  private static final String DEFAULT_DELAY = "${HELLO_REST_REQUEST_DELAY:0}";

  @GetMapping("/health")
  Mono<String> health() {
    return Mono.just("ok");
  }

  @GetMapping("/")
  Mono<String> hello(@RequestParam(defaultValue = DEFAULT_DELAY) double delay) {
    return Mono.delay(Duration.ofMillis((long) (delay * 1000))).thenReturn("Hello World!\n");
  }

  @PostMapping("/")
  Mono<String> hello(
      @RequestParam(defaultValue = DEFAULT_DELAY) double delay, ServerHttpRequest request) {
    return request.getBody().map(DataBufferUtils::release).then(hello(delay));
  }
}
