import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.txn.TxnDbUtil;

/**
 * Schema2 DATABASE: lets Hive 2 create its Derby metastore database, with the tables of its transactions. The default
 * database is left to the server that uses it, since its row holds the place of the tables.
 */
public final class Schema2 {
  public static void main(String[] args) throws Exception {
    String url = "jdbc:derby:;databaseName=" + args[0];
    HiveConf c = new HiveConf();
    c.set("javax.jdo.option.ConnectionURL", url + ";create=true");
    c.set("datanucleus.schema.autoCreateAll", "true");
    c.set("hive.metastore.schema.verification", "false");
    c.set("hive.metastore.warehouse.dir", System.getProperty("user.dir") + "/warehouse");
    new HiveMetaStore.HMSHandler("schema", c, true);
    TxnDbUtil.setConfValues(c);
    TxnDbUtil.prepDb(c);
    try (Connection connection = DriverManager.getConnection(url); Statement s = connection.createStatement()) {
      if (s.executeUpdate("delete from DBS") != 1) {
        throw new IllegalStateException("there should be one database");
      }
    }
    try {
      DriverManager.getConnection("jdbc:derby:;shutdown=true");
    } catch (SQLException shutDown) {
      if (!"XJ015".equals(shutDown.getSQLState())) {
        throw shutDown;
      }
    }
    System.exit(0); // the handler leaves threads
  }
}
