import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.hive.HiveExternalCatalog;
import org.apache.spark.sql.hive.client.HiveClientImpl;
import org.apache.spark.sql.hive.thriftserver.HiveThriftServer2;

/** Spark's Thrift Server, and a metastore. */
public final class Spark {
  private Spark() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    String port = props.getProperty("port.none");
    String dir = props.getProperty("dir");
    Services s = new Services(props);
    metastore(s);
    SparkSession spark = SparkSession.builder()
        .master("local[2]")
        .appName("hivetest")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", dir)
        .config("spark.sql.warehouse.dir", dir + "/warehouse")
        .config("spark.sql.shuffle.partitions", "4")
        .enableHiveSupport()
        .getOrCreate();
    spark.conf().set("hive.server2.thrift.port", port);
    HiveThriftServer2 server = HiveThriftServer2.startWithContext(spark.sqlContext());
    oneMetastore(spark, server.getHiveConf());
    s.load.add(server);
    Probe.until(() -> Probe.selectOne(Integer.parseInt(port), "hive", "x"), null);
    return s.load;
  }

  /** Serves the metastore that hive-site.xml tells Spark to ask: Derby in Spark's own threads would be interrupted with them. */
  private static void metastore(Services s) throws Exception {
    HiveConf c = new HiveConf();
    c.unset("hive.metastore.uris");
    s.metastore(() -> Hive2.serveMetastore(s.port("metastore"), c));
  }

  /**
   * Gives sessions the metastore of the catalog. Spark has them know another one, in memory, that nobody asks; but the end of
   * a session (SessionState.close) may put its settings into the client that all share (HiveClientImpl), which then finds no
   * database for a moment.
   */
  private static void oneMetastore(SparkSession spark, HiveConf sessions) {
    HiveExternalCatalog catalog = (HiveExternalCatalog) spark.sharedState().externalCatalog().unwrapped();
    HiveConf shared = ((HiveClientImpl) catalog.client()).conf();
    for (HiveConf.ConfVars v : HiveConf.metaVars) {
      sessions.set(v.varname, shared.get(v.varname, ""));
    }
  }
}
