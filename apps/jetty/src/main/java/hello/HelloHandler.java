package hello;

import java.util.Set;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what it knows and leaves the rest to the server, which answers 404. */
final class HelloHandler extends Handler.Abstract {

  private static final Set<String> GREETED = Set.of("GET", "POST");

  private final double defaultDelaySeconds;

  HelloHandler(double defaultDelaySeconds) {
    this.defaultDelaySeconds = defaultDelaySeconds;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    if (path.equals("/health")) {
      answer(response, "ok", callback);
      return true;
    }
    if (!path.equals("/") || !GREETED.contains(request.getMethod())) return false;

    Content.Source.consumeAll(request);
    Thread.sleep((long) (delaySeconds(request) * 1000));
    answer(response, "Hello World!\n", callback);
    return true;
  }

  private double delaySeconds(Request request) {
    String delay = Request.extractQueryParameters(request).getValue("delay");
    try {
      return delay == null ? defaultDelaySeconds : Double.parseDouble(delay);
    } catch (NumberFormatException e) {
      throw new BadMessageException("delay is not a number of seconds");
    }
  }

  private static void answer(Response response, String text, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    Content.Sink.write(response, true, text, callback);
  }
}
