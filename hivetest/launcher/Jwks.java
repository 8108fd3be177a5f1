import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Serves the public key by which Hive checks tokens: it reads none from a file. */
final class Jwks {
  private Jwks() { }

  static void start(int port, Path file) throws Exception {
    byte[] set = Files.readAllBytes(file);
    HttpServer s = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    s.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, set.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(set);
      }
    });
    s.start();
  }
}
