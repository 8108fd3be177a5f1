import java.net.InetSocketAddress;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore.HMSHandler;
import org.apache.hadoop.hive.metastore.RetryingHMSHandler;
import org.apache.hadoop.hive.metastore.TUGIBasedProcessor;
import org.apache.hadoop.hive.metastore.security.TUGIContainingTransport;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/** Hive 3: HiveServer2 with and without SASL, and a metastore. */
public final class Hive3 {
  private Hive3() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    Services s = new Services(props);
    HiveConf c = new HiveConf();
    return s.withoutLogins(() -> serveMetastore(s.port("metastore"), c));
  }

  /** As that of Hive 2, whose classes lie elsewhere. */
  private static void serveMetastore(int port, HiveConf c) throws Exception {
    HMSHandler handler = new HMSHandler("metastore", c, false);
    new TThreadPoolServer(new TThreadPoolServer.Args(new TServerSocket(new InetSocketAddress("127.0.0.1", port)))
        .processor(new TUGIBasedProcessor<>(RetryingHMSHandler.getProxy(c, handler, true)))
        .transportFactory(new TUGIContainingTransport.Factory())).serve();
  }
}
