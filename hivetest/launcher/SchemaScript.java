import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** SchemaScript DATABASE SCRIPT: creates the Derby metastore database of Hive 3 or 4 from Hive's own schema script. */
public final class SchemaScript {
  public static void main(String[] args) throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:derby:;databaseName=" + args[0] + ";create=true");
        Statement s = c.createStatement()) {
      c.setAutoCommit(false);
      StringBuilder statement = new StringBuilder();
      for (String line : Files.readAllLines(Path.of(args[1]))) {
        String text = line.replaceFirst("\\s*--.*", "").stripTrailing();
        statement.append(text).append('\n');
        if (text.endsWith(";")) {
          s.execute(statement.substring(0, statement.lastIndexOf(";")));
          statement.setLength(0);
        }
      }
      c.commit();
    }
    try {
      DriverManager.getConnection("jdbc:derby:;shutdown=true");
    } catch (SQLException shutDown) {
      if (!"XJ015".equals(shutDown.getSQLState())) {
        throw shutDown;
      }
    }
  }
}
