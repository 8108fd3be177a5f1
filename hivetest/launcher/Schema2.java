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
    shutDown(url); // the handler sometimes holds locks that would be waited for
    TxnDbUtil.setConfValues(c);
    TxnDbUtil.prepDb(c);
    try (Connection connection = DriverManager.getConnection(url); Statement s = connection.createStatement()) {
      if (s.executeUpdate("delete from DBS") != 1) {
        throw new IllegalStateException("there should be one database");
      }
    }
    shutDown(url);
    System.exit(0); // the handler leaves threads
  }

  /** Closes the database, and all connections to it. */
  private static void shutDown(String url) throws SQLException {
    try {
      DriverManager.getConnection(url + ";shutdown=true");
    } catch (SQLException shutDown) {
      if (!"08006".equals(shutDown.getSQLState())) { // Derby's way to say that it did so
        throw shutDown;
      }
    }
  }
}
