import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.hive.service.auth.PlainSaslHelper;
import org.apache.hive.service.rpc.thrift.*;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;

/** Asks a HiveServer2 a real question: an open port is not yet a server. */
final class Probe {
  private Probe() { }

  /** Runs "select 1" with SASL PLAIN, or without SASL if user is null. */
  static Void selectOne(int port, String user, String password) throws Exception {
    TTransport socket = new TSocket("127.0.0.1", port);
    return selectOne(user == null ? socket : PlainSaslHelper.getPlainTransport(user, password, socket), user);
  }

  static Void selectOne(TTransport t, String user) throws Exception {
    t.open();
    try {
      TCLIService.Client c = new TCLIService.Client(new TBinaryProtocol(t));
      TOpenSessionReq open = new TOpenSessionReq();
      open.setUsername(user);
      TOpenSessionResp session = c.OpenSession(open);
      check(session.getStatus());
      TExecuteStatementResp r = c.ExecuteStatement(
          new TExecuteStatementReq(session.getSessionHandle(), "select 1"));
      check(r.getStatus());
      check(c.FetchResults(
          new TFetchResultsReq(r.getOperationHandle(), TFetchOrientation.FETCH_NEXT, 10)).getStatus());
      check(c.CloseSession(new TCloseSessionReq(session.getSessionHandle())).getStatus());
      return null;
    } finally {
      t.close();
    }
  }

  /** Is content with an open port. */
  static Void listens(int port) throws IOException {
    new Socket("127.0.0.1", port).close();
    return null;
  }

  private static void check(TStatus s) {
    if (s.getStatusCode() != TStatusCode.SUCCESS_STATUS) {
      throw new IllegalStateException("the server does not answer \"select 1\": " + s.getErrorMessage());
    }
  }

  /**
   * Calls until it succeeds: servers open their ports in threads of their own. If that thread is given and ends, its
   * error is thrown; after 60 s, that of the last call.
   */
  static void until(Callable<?> call, Future<?> server) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try {
        call.call();
        return;
      } catch (Exception e) {
        if (server != null && server.isDone()) {
          server.get();
        }
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }
}
