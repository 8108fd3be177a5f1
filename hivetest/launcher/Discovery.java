import java.io.File;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper, and what Hive 4 registers there: two servers that any client may take, and an active and a passive one. */
public final class Discovery {
  private Discovery() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    String dir = props.getProperty("dir");
    ZooKeeperServer zk = new ZooKeeperServer(new File(dir, "zk-data"), new File(dir, "zk-log"), 500);
    NIOServerCnxnFactory listener = new NIOServerCnxnFactory();
    listener.configure(new InetSocketAddress("127.0.0.1", s.port("zookeeper")), 1000);
    listener.startup(zk);
    HiveConf.setLoadHiveServer2Config(true);
    s.http = Http::bindToLoopback;
    s.hiveServer2("one", "hive", "x", registered(Map.of()));
    s.hiveServer2("two", "hive", "x", registered(Map.of("hive.server2.thrift.http.path", "gateway")));
    Map<String, String> pair = registered(Map.of("hive.server2.active.passive.ha.enable", "true"));
    s.hiveServer2("active", pair, Probe::listens);
    s.hiveServer2("passive", pair, Probe::listens);
    return s.load;
  }

  private static Map<String, String> registered(Map<String, String> more) {
    Map<String, String> conf = new TreeMap<>(more);
    conf.put("hive.server2.support.dynamic.service.discovery", "true");
    return conf;
  }
}
