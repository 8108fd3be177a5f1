import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.spark.sql.SparkSession;
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
    s.load.add(HiveThriftServer2.startWithContext(spark.sqlContext()));
    Probe.until(() -> Probe.selectOne(Integer.parseInt(port), "hive", "x"), null);
    return s.load;
  }

  /**
   * Serves the metastore that hive-site.xml tells Spark to ask. It has threads of its own, for those of Spark now and then
   * did not find a database that was there: they are interrupted when a statement is cancelled, and know a second metastore,
   * in memory, of Hive's sessions.
   */
  private static void metastore(Services s) throws Exception {
    HiveConf c = new HiveConf();
    c.unset("hive.metastore.uris");
    s.metastore(() -> Hive2.serveMetastore(s.port("metastore"), c));
  }
}
