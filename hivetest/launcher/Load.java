import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.hive.service.CompositeService;
import org.apache.hive.service.Service;
import org.apache.hive.service.cli.CLIService;
import org.apache.hive.service.cli.operation.Operation;
import org.apache.hive.service.cli.operation.OperationManager;
import org.apache.hive.service.cli.session.HiveSession;
import org.apache.hive.service.cli.session.SessionManager;

/** Counts what a user, or with "" everybody, has open in HiveServer2s, Hive's or Spark's: the answer to LOAD. */
final class Load implements UnaryOperator<String> {
  private final List<CompositeService> servers = new ArrayList<>();

  void add(CompositeService server) {
    servers.add(server);
  }

  @Override
  public String apply(String user) {
    long sessions = 0, operations = 0;
    for (CompositeService server : servers) {
      for (Service s : server.getServices()) {
        if (s instanceof CLIService) {
          SessionManager m = ((CLIService) s).getSessionManager();
          sessions += count(m, SessionManager.class, "handleToSession", user, v -> (HiveSession) v);
          operations += count(m.getOperationManager(), OperationManager.class, "handleToOperation", user,
              v -> ((Operation) v).getParentSession());
        }
      }
    }
    return "sessions=" + sessions + " operations=" + operations;
  }

  private static long count(Object of, Class<?> in, String map, String user, Function<Object, HiveSession> session) {
    try {
      Field f = in.getDeclaredField(map);
      f.setAccessible(true);
      synchronized (of) { // as Spark's manager of operations does, whose map is a plain one
        return ((Map<?, ?>) f.get(of)).values().stream()
            .filter(v -> user.isEmpty() || user.equals(session.apply(v).getUserName())).count();
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
