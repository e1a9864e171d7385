package hello;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.RestQuery;

@Path("/")
public class HelloResource {

  @ConfigProperty(name = "HELLO_REST_REQUEST_DELAY", defaultValue = "0")
  double defaultDelay;

  @GET
  @Path("health")
  public String health() {
    return "ok";
  }

  @GET
  public String hello(@RestQuery Optional<Double> delay) throws InterruptedException {
    Thread.sleep((long) (delay.orElse(defaultDelay) * 1000));
    return "Hello World!\n";
  }

  @POST
  public String hello(@RestQuery Optional<Double> delay, byte[] body) throws InterruptedException {
    return hello(delay);
  }
}
