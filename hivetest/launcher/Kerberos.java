import java.security.PrivilegedExceptionAction;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.security.sasl.Sasl;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.security.HadoopThriftAuthBridge;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hive.service.auth.KerberosSaslHelper;
import org.apache.thrift.transport.TSocket;

/**
 * Hive 4 behind Kerberos: a KDC, a metastore, a HiveServer2 for each protection of what is sent after the login, and a
 * ZooKeeper with which the first registers for every client and the last as the active one of a pair.
 */
public final class Kerberos {
  private Kerberos() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    Kdc.start(s.port("kdc"), props.getProperty("dir"));
    UserGroupInformation.setConfiguration(new HiveConf());
    ProxyUsers.refreshSuperUserGroupsConfiguration(new HiveConf());
    metastore(s);
    HiveConf.setLoadHiveServer2Config(true);
    s.http = Http::bindToLoopback;
    Registry.startSecure(s.port("zookeeper"), props.getProperty("dir"));
    hiveServer2(s, "auth", Registry.settings(Map.of()));
    hiveServer2(s, "auth-int", Map.of());
    hiveServer2(s, "auth-conf", Registry.settings(Map.of("hive.server2.active.passive.ha.enable", "true")));
    return s.load;
  }

  private static void hiveServer2(Services s, String qop, Map<String, String> more) throws Exception {
    Map<String, String> conf = new TreeMap<>(more);
    conf.put("hive.server2.thrift.sasl.qop", qop);
    s.hiveServer2(qop, conf, port -> login(port, qop));
  }

  /** Starts a metastore that offers every protection; those that the HiveServer2s have in them ask nobody to log in. */
  private static void metastore(Services s) throws Exception {
    Map<String, String> conf = Map.of(
        "hive.metastore.sasl.enabled", "true",
        "hive.metastore.kerberos.principal", "hive/localhost@EXAMPLE.COM",
        "hive.metastore.kerberos.keytab.file", new HiveConf().get("hive.server2.authentication.kerberos.keytab"),
        "hadoop.rpc.protection", "authentication,integrity,privacy");
    Configuration c = MetastoreConf.newMetastoreConf();
    conf.forEach(c::set);
    s.metastore("localhost", conf, () ->
        HiveMetaStore.startMetaStore(s.port("metastore"), HadoopThriftAuthBridge.getBridge(), c, false, null));
  }

  /** Asks as the server itself, which logged in with its keytab when it was started. */
  private static Void login(int port, String qop) throws Exception {
    return UserGroupInformation.getLoginUser().doAs((PrivilegedExceptionAction<Void>) () ->
        Probe.selectOne(KerberosSaslHelper.getKerberosTransport("hive/localhost@EXAMPLE.COM", "localhost",
            new TSocket("127.0.0.1", port), Map.of(Sasl.QOP, qop), false), "hive"));
  }
}
