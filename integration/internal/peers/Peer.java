import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

/**
 * Reads the rows of ten columns with Hive's JDBC driver, and prints for each time how many seconds it took.
 *
 * <p>usage: java Peer.java URL QUERY ROWS TIMES
 */
public class Peer {
    public static void main(String[] args) throws Exception {
        int want = Integer.parseInt(args[2]);
        try (Connection connection = DriverManager.getConnection(args[0]);
                Statement statement = connection.createStatement()) {
            statement.setFetchSize(10_000);
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                long start = System.nanoTime();
                int got = 0;
                try (ResultSet rows = statement.executeQuery(args[1])) {
                    for (; rows.next(); got++) {
                        read(rows);
                    }
                }
                if (got != want) {
                    throw new IllegalStateException("got " + got + " rows, want " + want);
                }
                System.out.println((System.nanoTime() - start) / 1e9);
            }
        }
    }

    /** What the getters of one row gave last, so that none can be left out by the compiler. */
    static Object[] row = new Object[10];

    private static void read(ResultSet rows) throws Exception {
        row[0] = rows.getInt(1);
        row[1] = rows.getLong(2);
        row[2] = rows.getShort(3);
        row[3] = rows.getDouble(4);
        row[4] = rows.getBoolean(5);
        row[5] = rows.getString(6);
        row[6] = rows.getString(7);
        row[7] = rows.getInt(8);
        row[8] = rows.getBigDecimal(9);
        row[9] = rows.getDouble(10);
    }
}
