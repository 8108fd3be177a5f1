package hivetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// StartError says that a server did not start.
type StartError struct {
	Kind    Kind
	Reason  string // in one line
	LogFile string // the server's log; it is kept
	Tail    string // the last lines of it
}

func (e *StartError) Error() string {
	return fmt.Sprintf("hivetest: %s did not start: %s\n%s\n(the whole log: %s)", e.Kind, e.Reason, e.Tail, e.LogFile)
}

// opens are the parts of Java that Hive and Spark look into.
var opens = []string{
	"java.base/java.lang", "java.base/java.lang.invoke", "java.base/java.lang.reflect", "java.base/java.io",
	"java.base/java.net", "java.base/java.nio", "java.base/java.text", "java.base/java.time", "java.base/java.util",
	"java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic", "java.base/java.util.regex",
	"java.base/sun.nio.ch", "java.base/sun.nio.cs", "java.base/sun.security.action", "java.base/sun.util.calendar",
	"java.sql/java.sql", "java.security.jgss/sun.security.krb5",
}

// launch starts a server and waits until it answers. The returned connection is the caller's lease.
func (s *store) launch(ctx context.Context, r *recipe, o Options) (*state, net.Conn, error) {
	k, err := s.prepare(ctx, r, o.Log)
	if err != nil {
		return nil, nil, err
	}
	id, lock, err := s.newRun(ctx, o.Kind)
	if err != nil {
		return nil, nil, err
	}
	defer lock.Close()
	st := &state{ID: id, Kind: o.Kind, Private: o.Private, Started: time.Now(), Token: randomHex(16)}
	lease, err := s.launchIn(ctx, k, r, o, st, lock)
	if err != nil {
		os.RemoveAll(s.path("run", id))
		return nil, nil, err
	}
	return st, lease, nil
}

func (s *store) launchIn(ctx context.Context, k *kit, r *recipe, o Options, st *state, lock *os.File) (net.Conn, error) {
	var err error
	if st.Ports, err = freePorts(r.services); err != nil {
		return nil, err
	}
	st.Keys = k.keys
	site := &site{dir: s.path("run", st.ID), ports: st.Ports, keys: k.keys, conf: map[string]string{}}
	r.site(site)
	site.set(o.Conf)
	if err := site.write(); err != nil {
		return nil, err
	}
	if err := copyTree(k.schema, site.dir); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(s.logFile(st.ID), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()

	cmd := exec.Command(k.jdk.java, javaArgs(k, site, o.Throughput)...)
	cmd.Dir, cmd.Env, cmd.Stderr, cmd.ExtraFiles = site.dir, serverEnv(), log, []*os.File{lock}
	ownGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("hivetest: %w", err)
	}
	st.PID = cmd.Process.Pid
	lease, err := s.handshake(ctx, k, r, o, st, stdin, stdout, log)
	if err != nil {
		killGroup(st.PID)
		cmd.Wait()
		var start *StartError
		if errors.As(err, &start) {
			start.Tail = tail(start.LogFile)
		}
		return nil, err
	}
	stdin.Close() // from now on the lease counts, not our life
	stdout.Close()
	st.reap = sync.OnceFunc(func() { cmd.Wait() })
	return lease, nil
}

// handshake tells the launcher what to do, waits for its answer, publishes the server's state and takes a lease.
func (s *store) handshake(
	ctx context.Context, k *kit, r *recipe, o Options, st *state, stdin io.Writer, stdout io.ReadCloser, log io.Writer,
) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { killGroup(st.PID) }) // the end of stdout follows
	defer stop()
	fail := func(format string, args ...any) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &StartError{Kind: o.Kind, Reason: fmt.Sprintf(format, args...), LogFile: s.logFile(st.ID)}
	}
	dir := s.path("run", st.ID)
	folders := []string{filepath.Join(dir, "conf") + string(filepath.Separator), k.classes + string(filepath.Separator)}
	props := map[string]string{
		"token": st.Token, "dir": dir, "main": r.java,
		"linger.ms": strconv.FormatInt(o.linger().Milliseconds(), 10),
		"classpath": classPath(append(folders, k.jars...)...),
	}
	if k.keys != "" {
		props["jwks"] = filepath.Join(k.keys, jwksFile)
	}
	for service, port := range st.Ports {
		props["port."+service] = strconv.Itoa(port)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(props)) {
		fmt.Fprintf(&b, "%s=%s\n", name, props[name])
	}
	if _, err := io.WriteString(stdin, b.String()+"\n"); err != nil {
		return nil, fail("its JVM ended at once: %v", err)
	}
	answer := ""
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "READY ") || strings.HasPrefix(line, "FAILED ") {
			answer = line
			break
		} else {
			fmt.Fprintln(log, line) // of the JVM itself
		}
	}
	word, rest, _ := strings.Cut(answer, " ")
	if word == "FAILED" {
		return nil, fail("%s", rest)
	}
	var err error
	if st.Control, err = strconv.Atoi(rest); word != "READY" || err != nil {
		return nil, fail("its JVM ended without a word")
	}
	lease, _, err := st.command(ctx, "LEASE")
	if err != nil {
		return nil, fail("%v", err)
	}
	if err = s.write(st); err == nil && !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		lease.Close()
		return nil, err
	}
	return lease, nil
}

// javaArgs are chosen for a quick start and a small process, unless it is throughput that counts.
func javaArgs(k *kit, s *site, throughput bool) []string {
	args := []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}
	if throughput {
		args = []string{"-XX:+UseParallelGC"}
	}
	args = append(args,
		"-Xmx3g", "-XX:+DisplayVMOutputToStderr", "-Djava.awt.headless=true",
		"-Djava.net.preferIPv4Stack=true", "-Dfile.encoding=UTF-8", "-Dsun.stdout.encoding=UTF-8",
		"-Dcalcite.metadata.handler.cache.maximum.size=16", // each is of one query and holds its plan; the default is 1000
		"-Djava.io.tmpdir="+s.dir, "-Dderby.stream.error.file="+s.file("derby.log"),
		"-Dlog4j2.configurationFile="+s.file("conf", "hive-log4j2.properties"),
	)
	return append(append(args, addOpens()...), "-cp", k.classes, "Launcher", s.dir)
}

func addOpens() []string {
	args := make([]string, len(opens))
	for i, o := range opens {
		args[i] = "--add-opens=" + o + "=ALL-UNNAMED"
	}
	return args
}

// serverEnv is our environment without what Hive, Hadoop, Spark and Java would take as configuration.
func serverEnv() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		for _, prefix := range []string{
			"HIVE_", "HADOOP_", "HDFS_", "METASTORE_", "SPARK_", "TEZ_", "YARN_", "CLASSPATH=", "JAVA_TOOL_OPTIONS=", "_JAVA_OPTIONS=",
		} {
			if strings.HasPrefix(v, prefix) {
				return true
			}
		}
		return false
	})
	return append(env, "SPARK_LOCAL_IP=127.0.0.1")
}

// freePorts chooses a port of loopback for each service. They lie below the range from which systems take the ports of
// outgoing connections, so that none of these takes one before the server does.
func freePorts(services []string) (map[string]int, error) {
	ports := map[string]int{}
	for tries := 0; len(ports) < len(services); tries++ {
		port := 10_000 + rand.IntN(32_768-10_000)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			if tries == 1000 {
				return nil, fmt.Errorf("hivetest: no free port: %w", err)
			}
			continue
		}
		defer l.Close() // not before all are chosen
		ports[services[len(ports)]] = port
	}
	return ports, nil
}

// tail returns the last lines of a log file.
func tail(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return "\t" + err.Error()
	}
	return lastLines(string(b), 30)
}
