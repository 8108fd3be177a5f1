import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.hive.thriftserver.HiveThriftServer2;

/** Spark's Thrift Server. */
public final class Spark {
  private Spark() { }

  public static UnaryOperator<String> start(Properties props) throws Exception {
    String port = props.getProperty("port.none");
    String dir = props.getProperty("dir");
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
    Load load = new Load();
    load.add(HiveThriftServer2.startWithContext(spark.sqlContext()));
    Probe.until(() -> Probe.selectOne(Integer.parseInt(port), "hive", "x"), null);
    return load;
  }
}
