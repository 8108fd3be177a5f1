import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Runs one kind of server in this JVM for as long as somebody needs it.
 *
 * <p>The argument is the server's folder, which goes with it. The starter writes properties and an empty line to stdin,
 * and reads one line from stdout: "READY controlPort" or "FAILED reason". Everything else that is printed goes to
 * stderr, the log. If stdin ends before READY, the starter is dead and so are we.
 *
 * <p>After READY, each connection to the control port carries one line "TOKEN COMMAND":
 * LEASE holds the server up until that connection ends (the operating system ends it, however its process dies),
 * PIN holds it up without leases, STATUS and "LOAD user" report, STOP ends it. Without lease and pin it ends after a linger
 * time.
 */
public final class Launcher {
  private final Properties props;
  private final Path dir;
  private final ServerSocket control;
  private final Object endOnce = new Object();
  private UnaryOperator<String> load;
  private boolean ready, pinned, ending;
  private int leases;
  private long idleSince;

  public static void main(String[] args) throws Exception {
    PrintStream starter = System.out;
    System.setOut(System.err);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Launcher l = new Launcher(Path.of(args[0]), readProperties(in));
    if (l.props == null) {
      l.end(1);
    }
    daemon("starter", () -> l.watchStarter(in));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> l.end(0)));
    try {
      l.startServices();
    } catch (Throwable e) {
      e.printStackTrace();
      starter.println("FAILED " + reason(e));
      starter.flush();
      l.end(1);
    }
    l.becomeReady();
    starter.println("READY " + l.control.getLocalPort());
    starter.close();
    daemon("linger", l::watchLeases);
    l.serveControl();
  }

  /** The last two links of the chain of causes, in one line: what failed, and why. */
  private static String reason(Throwable e) {
    String reason = e.toString();
    for (Throwable cause; (cause = e.getCause()) != null; e = cause) {
      reason = (e.toString().endsWith(cause.toString()) ? "" : e + ": ") + cause;
    }
    return reason.replaceAll("\\s+", " ");
  }

  private Launcher(Path dir, Properties props) throws IOException {
    this.dir = dir;
    this.props = props;
    this.control = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  }

  /** Reads up to the empty line. If that does not come, the starter is dead: null. */
  private static Properties readProperties(BufferedReader in) throws IOException {
    Properties p = new Properties();
    for (String line; (line = in.readLine()) != null; ) {
      if (line.isEmpty()) {
        return p;
      }
      int eq = line.indexOf('=');
      p.setProperty(line.substring(0, eq), line.substring(eq + 1));
    }
    return null;
  }

  @SuppressWarnings("unchecked") // nobody but this file and the mains knows what start gives
  private void startServices() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : props.getProperty("classpath").split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    ClassLoader loader = new Loader(urls.toArray(new URL[0]));
    Thread.currentThread().setContextClassLoader(loader);
    Class<?> main = Class.forName(props.getProperty("main"), true, loader);
    load = (UnaryOperator<String>) main.getMethod("start", Properties.class).invoke(null, props);
  }

  /**
   * A URLClassLoader because Hive 2.3 casts its class loader to one, which Java's own no longer is. It remembers which
   * classes are missing: Hive's planner compiles Java for each query, and its compiler (Janino) asks for hundreds of
   * classes that exist nowhere, for each of which all jars would be looked through.
   */
  private static final class Loader extends URLClassLoader {
    static {
      registerAsParallelCapable(); // as its superclass
    }

    /** The classes that are not loaded as they are, and what becomes of their bytes. */
    private static final Map<String, UnaryOperator<String>> CHANGED = Map.of(
        "org.apache.hadoop.hive.ql.exec.mr.ExecMapper", Loader::neverDone,
        "org.apache.hadoop.hive.ql.exec.SerializationUtilities$ArrayListSubListSerializer", Loader::ofThisJava);

    private static final String JOB = "org/apache/hadoop/hive/ql/exec/mr/ExecDriver.class";

    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    Loader(URL[] urls) {
      super(urls, ClassLoader.getPlatformClassLoader());
    }

    /** The class of Hive's jobs is in no jar: else Hadoop copied that jar of 40 MB for each job, which runs here anyhow. */
    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
      return name.equals(JOB) ? Collections.emptyEnumeration() : super.findResources(name);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (missing.contains(name)) {
        throw new ClassNotFoundException(name);
      }
      try {
        return CHANGED.containsKey(name) ? changed(name) : super.findClass(name);
      } catch (ClassNotFoundException e) {
        missing.add(name);
        throw e;
      }
    }

    private Class<?> changed(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        String original = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        String changed = CHANGED.get(name).apply(original);
        if (changed.equals(original)) {
          throw new ClassNotFoundException(name + " is not as it is known");
        }
        byte[] code = changed.getBytes(StandardCharsets.ISO_8859_1);
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    /**
     * Hive's mapper, whose getDone is made to return false. By that static method a reader learns that its map task wants
     * no more rows, as the one of "insert into t values (1)" does after its first. Hive expects a JVM for each task. Here
     * the readers of all that run obey, and the rows that they have not read yet are missing from other results. Without
     * it a task that wants no more rows passes over the rest of its input.
     */
    private static String neverDone(String mapper) {
      // a method of four bytes: getstatic done, ireturn; becomes iconst_0, nop, nop, ireturn
      return mapper.replaceFirst("(?s)\0\0\0\4\u00b2..\u00ac", "\0\0\0\4\3\0\0\u00ac");
    }

    /**
     * What writes an ArrayList's subList into the plan of a job: Hive 3 reads the list and the place in it from fields as
     * they were until Java 8, Hive 4 tries these if it does not find today's.
     */
    private static String ofThisJava(String serializer) {
      // constants: a tag, the length, the text
      return serializer.replace("\1\0\6parent", "\1\0\4root").replace("\1\0\14parentOffset", "\1\0\6offset");
    }

    @Override
    protected void addURL(URL url) {
      super.addURL(url);
      missing.clear();
    }
  }

  private void watchStarter(BufferedReader in) {
    try {
      while (in.read() >= 0) {
        // nothing more is said on stdin: only its end matters
      }
    } catch (IOException e) {
      // the same as its end
    }
    synchronized (this) {
      if (ready) {
        return;
      }
    }
    System.err.println("launcher: the starting process is gone");
    end(1);
  }

  private synchronized void becomeReady() {
    ready = true;
    idleSince = System.nanoTime();
  }

  private void watchLeases() {
    long linger = Long.parseLong(props.getProperty("linger.ms")) * 1_000_000;
    while (true) {
      sleep(50);
      synchronized (this) {
        if (leases > 0 || pinned || System.nanoTime() - idleSince < linger) {
          continue;
        }
        ending = true;
      }
      System.err.println("launcher: nobody needs this server any more");
      end(0);
    }
  }

  private void serveControl() throws IOException {
    while (true) {
      Socket s = control.accept();
      daemon("control", () -> serve(s));
    }
  }

  private void serve(Socket socket) {
    try (Socket s = socket) {
      s.setSoTimeout(10_000);
      BufferedReader in = new BufferedReader(new InputStreamReader(s.getInputStream(), StandardCharsets.UTF_8));
      PrintStream out = new PrintStream(s.getOutputStream(), true, "UTF-8");
      String line = in.readLine();
      String prefix = props.getProperty("token") + " ";
      if (line == null || line.length() < prefix.length() || !MessageDigest.isEqual(
          line.substring(0, prefix.length()).getBytes(StandardCharsets.UTF_8), prefix.getBytes(StandardCharsets.UTF_8))) {
        out.println("DENIED");
        return;
      }
      String[] words = line.substring(prefix.length()).split(" ", 2);
      switch (words[0]) {
        case "LEASE" -> lease(s, in, out);
        case "PIN" -> out.println(pin() ? "OK" : "ENDING");
        case "STATUS" -> out.println(status());
        case "LOAD" -> out.println("OK " + load.apply(words.length < 2 ? "" : words[1]));
        case "STOP" -> {
          out.println("OK");
          end(0);
        }
        default -> out.println("UNKNOWN");
      }
    } catch (IOException e) {
      // that client is gone
    }
  }

  private void lease(Socket s, BufferedReader in, PrintStream out) throws IOException {
    synchronized (this) {
      if (ending) {
        out.println("ENDING");
        return;
      }
      leases++;
    }
    try {
      out.println("OK");
      s.setSoTimeout(0);
      while (in.read() >= 0) {
        // only the end of the connection matters
      }
    } finally {
      synchronized (this) {
        leases--;
        idleSince = System.nanoTime();
      }
    }
  }

  private synchronized boolean pin() {
    pinned = !ending;
    return pinned;
  }

  private synchronized String status() {
    return "OK leases=" + leases + " pinned=" + pinned;
  }

  /** Deletes the folder and ends the JVM, whatever still runs in it: there is nothing to be saved. */
  private void end(int status) {
    synchronized (this) {
      ending = true;
    }
    synchronized (endOnce) { // the first caller never leaves
      for (int i = 0; i < 100 && !delete(dir); i++) {
        sleep(20);
      }
      Runtime.getRuntime().halt(status);
    }
  }

  /** Reports whether nothing is left: the servers may write files behind our back. */
  private static boolean delete(Path dir) {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path p : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(p);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      return !Files.exists(dir);
    }
    return true;
  }

  private static void daemon(String name, Runnable body) {
    Thread t = new Thread(body, "launcher-" + name);
    t.setDaemon(true);
    t.start();
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
