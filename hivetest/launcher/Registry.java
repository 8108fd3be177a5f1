import java.io.File;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** The ZooKeeper with which the HiveServer2s of this JVM register. */
final class Registry {
  private Registry() { }

  static void start(int port, String dir) throws Exception {
    ZooKeeperServer zk = new ZooKeeperServer(new File(dir, "zk-data"), new File(dir, "zk-log"), 500);
    NIOServerCnxnFactory listener = new NIOServerCnxnFactory();
    listener.configure(new InetSocketAddress("127.0.0.1", port), 1000);
    listener.startup(zk);
  }

  /** Starts one that serves nobody who has not logged in by SASL, as zookeeper/localhost. */
  static void startSecure(int port, String dir) throws Exception {
    System.setProperty("zookeeper.authProvider.sasl", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
    System.setProperty("zookeeper.sessionRequireClientSASLAuth", "true");
    Map<String, String> login = Map.of(
        "useKeyTab", "true", "storeKey", "true", "isInitiator", "false",
        "keyTab", new File(dir, "krb5/zookeeper.keytab").toString(), "principal", "zookeeper/localhost@EXAMPLE.COM");
    Configuration.setConfiguration(new Configuration() {
      @Override
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return !name.equals("Server") ? null : new AppConfigurationEntry[] {new AppConfigurationEntry(
            "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, login)};
      }
    });
    start(port, dir);
  }

  /** The settings of a HiveServer2 that registers. */
  static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> conf = new TreeMap<>(more);
    conf.put("hive.server2.support.dynamic.service.discovery", "true");
    return conf;
  }
}
