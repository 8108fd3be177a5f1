import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hive.service.CompositeService;
import org.apache.hive.service.Service;
import org.apache.hive.service.cli.CLIService;
import org.apache.hive.service.cli.operation.OperationManager;
import org.apache.hive.service.cli.session.SessionManager;

/** Counts what HiveServer2s, Hive's or Spark's, hold open: the answer to the launcher's LOAD command. */
final class Load implements Supplier<String> {
  private final List<CompositeService> servers = new ArrayList<>();

  void add(CompositeService server) {
    servers.add(server);
  }

  @Override
  public String get() {
    int sessions = 0, operations = 0;
    for (CompositeService server : servers) {
      for (Service s : server.getServices()) {
        if (s instanceof CLIService) {
          SessionManager m = ((CLIService) s).getSessionManager();
          sessions += size(m, SessionManager.class, "handleToSession");
          operations += size(m.getOperationManager(), OperationManager.class, "handleToOperation");
        }
      }
    }
    return "sessions=" + sessions + " operations=" + operations;
  }

  private static int size(Object of, Class<?> in, String map) {
    try {
      Field f = in.getDeclaredField(map);
      f.setAccessible(true);
      return ((Map<?, ?>) f.get(of)).size();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
