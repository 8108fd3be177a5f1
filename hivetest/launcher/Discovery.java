import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;

/** A ZooKeeper, and what Hive 4 registers there: two servers that any client may take, and an active and a passive one. */
public final class Discovery {
  private Discovery() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    Registry.start(s.port("zookeeper"), props.getProperty("dir"));
    HiveConf.setLoadHiveServer2Config(true);
    s.http = Http::bindToLoopback;
    s.hiveServer2("one", "hive", "x", Registry.settings(Map.of()));
    s.hiveServer2("two", "hive", "x", Registry.settings(Map.of("hive.server2.thrift.http.path", "gateway")));
    Map<String, String> pair = Registry.settings(Map.of("hive.server2.active.passive.ha.enable", "true"));
    s.hiveServer2("active", pair, Probe::listens);
    s.hiveServer2("passive", pair, Probe::listens);
    return s.load;
  }
}
