package hello;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

public final class Main {

  public static void main(String[] args) throws Exception {
    Server server = new Server();

    HttpConfiguration configuration = new HttpConfiguration();
    String pod = environment("HOSTNAME", "");
    configuration.addCustomizer(
        (request, headers) -> {
          headers.put("X-Pod", pod);
          return request;
        });
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
    connector.setHost(environment("HOST", "0.0.0.0"));
    connector.setPort(Integer.parseInt(environment("PORT", "8080")));
    // Longer than the 60 s after which most load balancers give up an idle connection, so that they close first.
    connector.setIdleTimeout(65_000);
    server.addConnector(connector);

    double delay = Double.parseDouble(environment("HELLO_REST_REQUEST_DELAY", "0"));
    server.setHandler(new GracefulHandler(new HelloHandler(delay)));
    server.setStopTimeout(5_000);
    server.setStopAtShutdown(true);
    server.start();
  }

  private static String environment(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
