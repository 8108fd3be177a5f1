import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hive.service.Service;
import org.apache.hive.service.cli.thrift.ThriftHttpCLIService;
import org.apache.hive.service.server.HiveServer2;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The HTTP side of a HiveServer2, or of a metastore. */
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

  /** Runs a metastore, which Hive would let listen on all interfaces, too: the port is moved before it is opened. */
  static void metastore(int port, Configuration conf) throws Exception {
    Method make = HiveMetaStore.class.getDeclaredMethod("startHttpMetastore", int.class, Configuration.class);
    make.setAccessible(true);
    Object metastore = make.invoke(null, port, conf);
    Field jetty = metastore.getClass().getDeclaredField("val$server");
    jetty.setAccessible(true);
    Server server = (Server) jetty.get(metastore);
    for (Connector c : server.getConnectors()) {
      ((ServerConnector) c).setHost("127.0.0.1");
    }
    server.start();
    server.join();
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
