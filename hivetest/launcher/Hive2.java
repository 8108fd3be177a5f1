import java.net.InetSocketAddress;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.TUGIBasedProcessor;
import org.apache.hadoop.hive.thrift.TUGIContainingTransport;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/** Hive 2: HiveServer2 with and without SASL, and a metastore. */
public final class Hive2 {
  private Hive2() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    HiveConf c = new HiveConf();
    return s.withoutLogins(() -> serveMetastore(s.port("metastore"), c));
  }

  /** What HiveMetaStore.startMetaStore does without security, but on loopback: that one listens on all interfaces. */
  static void serveMetastore(int port, HiveConf c) throws Exception {
    new TThreadPoolServer(new TThreadPoolServer.Args(new TServerSocket(new InetSocketAddress("127.0.0.1", port)))
        .processor(new TUGIBasedProcessor<>(HiveMetaStore.newRetryingHMSHandler("metastore", c, true)))
        .transportFactory(new TUGIContainingTransport.Factory())).serve();
  }
}
