import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.security.HadoopThriftAuthBridge;

/** Hive 4: starts each service whose port is given. */
public final class Hive4 {
  private Hive4() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    if (s.port("ldapserver") != 0) {
      Ldap.start(s.port("ldapserver"));
    }
    if (s.port("jwks") != 0) {
      Jwks.start(s.port("jwks"), Path.of(props.getProperty("jwks")));
    }
    if (s.port("metastore") != 0) {
      Configuration c = MetastoreConf.newMetastoreConf();
      boolean http = c.get("metastore.server.thrift.transport.mode", "binary").equals("http");
      Services.Blocking server = () -> {
        if (http) {
          Http.metastore(s.port("metastore"), c);
        } else {
          HiveMetaStore.startMetaStore(s.port("metastore"), HadoopThriftAuthBridge.getBridge(), c, false, null);
        }
      };
      if (c.get("metastore.authentication", "").equals("JWT")) { // there is no token here
        Probe.until(() -> Probe.listens(s.port("metastore")), Services.run(server));
      } else {
        s.metastore(server);
      }
    }
    HiveConf.setLoadHiveServer2Config(true);
    s.http = Http::bindToLoopback;
    s.hiveServer2("none", "hive", "x", Map.of());
    s.hiveServer2("nosasl", null, null, Map.of("hive.server2.authentication", "NOSASL"));
    s.hiveServer2("ldap", "alice", "alice-secret", Map.of("hive.server2.authentication", "LDAP"));
    s.hiveServer2("tls", null, null, Map.of("hive.server2.authentication", "LDAP", "hive.server2.use.SSL", "true"));
    s.hiveServer2("jwt", null, null, Map.of("hive.server2.authentication", "JWT"));
    s.hiveServer2("idle", "hive", "x", Map.of(
        "hive.server2.idle.session.timeout", "3s",
        "hive.server2.session.check.interval", "1s",
        "hive.server2.idle.session.check.operation", "false",
        "hive.server2.idle.operation.timeout", "2s"));
    return s.load;
  }
}
