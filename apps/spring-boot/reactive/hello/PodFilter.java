package hello;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Names the pod in every response. */
@Component
class PodFilter implements WebFilter {

  private final String pod;

  PodFilter(@Value("${HOSTNAME:}") String pod) {
    this.pod = pod;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    exchange.getResponse().getHeaders().set("X-Pod", pod);
    return chain.filter(exchange);
  }
}
