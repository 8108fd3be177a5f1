import java.lang.reflect.Field;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hive.service.Service;
import org.apache.hive.service.cli.thrift.ThriftCLIService;
import org.apache.hive.service.server.HiveServer2;

/** The services of Hive, of any version, that run in this JVM over one embedded metastore database. */
final class Services {
  /** What a HiveServer2 with an HTTP port needs once it has started. */
  interface AfterStart {
    void run(HiveServer2 s) throws Exception;
  }

  final Load load = new Load();
  AfterStart http;
  private final Properties props;

  Services(Properties props) {
    this.props = props;
  }

  /** The port of a service, 0 if it is not wanted. */
  int port(String service) {
    return Integer.parseInt(props.getProperty("port." + service, "0"));
  }

  /** Asks the HiveServer2 at a port whether it answers. */
  interface Question {
    Void ask(int port) throws Exception;
  }

  /**
   * Starts a HiveServer2 with what hive-site.xml says, except conf: on the port of its name, on that of its name and
   * "http", or on both. A null user stands for a client without SASL.
   */
  void hiveServer2(String name, String user, String password, Map<String, String> conf) throws Exception {
    hiveServer2(name, conf, port -> Probe.selectOne(port, user, password));
  }

  void hiveServer2(String name, Map<String, String> conf, Question question) throws Exception {
    int port = port(name);
    int httpPort = port(name + "http");
    if (port == 0 && httpPort == 0) {
      return;
    }
    HiveConf c = new HiveConf();
    conf.forEach(c::set);
    c.setInt("hive.server2.thrift.port", port);
    c.setInt("hive.server2.thrift.http.port", httpPort);
    c.set("hive.server2.transport.mode", httpPort == 0 ? "binary" : port == 0 ? "http" : "all");
    HiveServer2 s = new HiveServer2();
    s.init(c);
    bindToLoopback(s);
    s.start();
    load.add(s);
    if (httpPort != 0) {
      http.run(s);
    }
    boolean encrypted = c.getBoolean("hive.server2.use.SSL", false);
    if (port != 0) {
      Probe.until(() -> encrypted ? Probe.listens(port) : question.ask(port), null);
    }
  }

  /** Starts a metastore, and HiveServer2 with and without SASL. */
  UnaryOperator<String> withoutLogins(Blocking metastore) throws Exception {
    metastore(metastore);
    HiveConf.setLoadHiveServer2Config(true);
    hiveServer2("none", "hive", "x", Map.of());
    hiveServer2("nosasl", null, null, Map.of("hive.server2.authentication", "NOSASL"));
    return load;
  }

  /** Hive 2.3 listens on all interfaces: ThriftCLIService.init reads the host into a variable that hides the field. */
  private static void bindToLoopback(HiveServer2 s) throws ReflectiveOperationException {
    Field host = ThriftCLIService.class.getDeclaredField("hiveHost");
    host.setAccessible(true);
    for (Service service : s.getServices()) {
      if (service instanceof ThriftCLIService) {
        host.set(service, "127.0.0.1");
      }
    }
  }

  /** Runs a server until it ends. */
  interface Blocking {
    void run() throws Throwable;
  }

  /** Runs a metastore, which blocks, in a thread of its own. */
  static Future<?> run(Blocking server) {
    FutureTask<Void> running = new FutureTask<>(() -> {
      try {
        server.run();
      } catch (Throwable e) {
        throw new Exception(e);
      }
      return null;
    });
    Thread t = new Thread(running, "metastore");
    t.setDaemon(true);
    t.start();
    return running;
  }

  /** Runs a metastore, which blocks, in a thread of its own, and waits until it answers or has failed. */
  void metastore(Blocking server) throws Exception {
    metastore("127.0.0.1", Map.of(), server);
  }

  /** The same, with the name of the host and the settings by which its client finds it. */
  void metastore(String host, Map<String, String> conf, Blocking server) throws Exception {
    Future<?> running = run(server);
    HiveConf c = new HiveConf();
    conf.forEach(c::set);
    c.set("hive.metastore.uris", "thrift://" + host + ":" + port("metastore"));
    c.set("hive.metastore.connect.retries", "1");
    Probe.until(() -> {
      HiveMetaStoreClient m = new HiveMetaStoreClient(c);
      try {
        return m.getAllDatabases();
      } finally {
        m.close();
      }
    }, running);
  }
}
