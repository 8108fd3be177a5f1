import java.io.IOException;
import java.lang.reflect.Field;
import org.apache.hive.service.Service;
import org.apache.hive.service.cli.thrift.ThriftHttpCLIService;
import org.apache.hive.service.server.HiveServer2;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The HTTP side of a HiveServer2. */
final class Http {
  private Http() { }

  /** Hive lets Jetty listen on all interfaces, whatever hive.server2.thrift.bind.host says: the port is moved. */
  static void bindToLoopback(HiveServer2 s) throws Exception {
    Field jetty = ThriftHttpCLIService.class.getDeclaredField("server");
    jetty.setAccessible(true);
    for (Service service : s.getServices()) {
      if (service instanceof ThriftHttpCLIService) {
        Server server = (Server) jetty.get(service);
        Probe.until(() -> {
          if (!server.isStarted()) {
            throw new IllegalStateException("the HTTP server is not started");
          }
          return null;
        }, null);
        for (Connector c : server.getConnectors()) {
          c.stop();
          ((ServerConnector) c).setHost("127.0.0.1");
          Probe.until(() -> {
            start(c);
            return null;
          }, null);
        }
      }
    }
  }

  /** The old socket may take a moment to go: "Address already in use". */
  private static void start(Connector c) throws Exception {
    try {
      c.start();
    } catch (IOException e) {
      c.stop();
      throw e;
    }
  }
}
