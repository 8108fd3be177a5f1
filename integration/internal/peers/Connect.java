import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Connects with Hive's JDBC driver to each URL that a line of the input has, and prints how many seconds that took and who
 * it is then, or "refused". What the driver prints stands between.
 */
public class Connect {
    static final String MARK = "outcome: ";
    static final String QUERY = "select concat(logged_in_user(), ' in ', current_database())";

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String url; (url = in.readLine()) != null; ) {
            long start = System.nanoTime();
            try (Connection connection = DriverManager.getConnection(url)) {
                double took = (System.nanoTime() - start) / 1e9;
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(QUERY)) {
                    rows.next();
                    System.out.println(MARK + took + " " + rows.getString(1));
                }
            } catch (SQLException e) {
                System.out.println(MARK + "0 refused");
                System.err.println(url.replaceAll("[;?].*", "") + ": " + e.getMessage());
            }
        }
    }
}
