package hello;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HelloController {

  private static final String DEFAULT_DELAY = "${HELLO_REST_REQUEST_DELAY:0}";

  @GetMapping("/health")
  String health() {
    return "ok";
  }

  @GetMapping("/")
  String hello(@RequestParam(defaultValue = DEFAULT_DELAY) double delay) throws InterruptedException {
    Thread.sleep((long) (delay * 1000));
    return "Hello World!\n";
  }

  @PostMapping("/")
  String hello(
      @RequestParam(defaultValue = DEFAULT_DELAY) double delay,
      @RequestBody(required = false) byte[] body)
      throws InterruptedException {
    return hello(delay);
  }
}
