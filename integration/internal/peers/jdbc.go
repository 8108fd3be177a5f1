package peers

import (
	"bytes"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
)

// JDBC is the command that runs a program of this folder, NAME.java, with Hive's JDBC driver: the class path is the
// server's that hivetest starts. Options are the virtual machine's.
func JDBC(tb testing.TB, name string, options ...string) []string {
	tb.Helper()
	lock, err := os.ReadFile("../../hivetest/artifacts/hive4.lock")
	if err != nil {
		tb.Fatal(err)
	}
	var jars []string
	for line := range strings.Lines(string(lock)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] != "#" && !strings.Contains(fields[0], "@") { // with an @ it is no jar
			jars = append(jars, jar(tb, fields[0]))
		}
	}
	command := append([]string{"java", "-cp", strings.Join(jars, string(filepath.ListSeparator))}, options...)
	return append(command, File(name+".java"))
}

// jar is the file of a line of the lock, "group:name:version[:classifier]".
func jar(tb testing.TB, coordinates string) string {
	tb.Helper()
	part := strings.Split(coordinates, ":")
	name := part[1] + "-" + part[2]
	if len(part) == 4 {
		name += "-" + part[3]
	}
	file := filepath.Join(Cache(tb), "m2", strings.ReplaceAll(part[0], ".", "/"), part[1], part[2], name+".jar")
	if _, err := os.Stat(file); err != nil {
		tb.Fatalf("%v: start a Hive 4 once, which downloads it: go run ./cmd/skep local up hive4", err)
	}
	return file
}

// Outcome is what came of a connection.
type Outcome struct {
	Took time.Duration
	Is   string // "USER in DATABASE", or "refused"
}

// ConnectJDBC connects with Hive's JDBC driver to each of the URLs, one after the other, as alice of the realm where one
// asks for Kerberos.
func ConnectJDBC(tb testing.TB, realm *hivetest.Server, urls []string) (all []Outcome) {
	tb.Helper()
	command := JDBC(tb, "Connect", inRealm(tb, realm)...)
	cmd := osexec.CommandContext(tb.Context(), command[0], command[1:]...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(urls, "\n")+"\n"), &stderr
	out, err := cmd.Output()
	for line := range strings.Lines(string(out)) {
		if outcome, ok := strings.CutPrefix(line, "outcome: "); ok && err == nil {
			var o Outcome
			var seconds float64
			took, is, _ := strings.Cut(strings.TrimSpace(outcome), " ")
			seconds, err = strconv.ParseFloat(took, 64)
			o.Took, o.Is = time.Duration(seconds*float64(time.Second)), is
			all = append(all, o)
		}
	}
	if err != nil || len(all) != len(urls) {
		tb.Fatalf("%d outcomes for %d URLs, error %v\n%s", len(all), len(urls), err, stderr.String())
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("JDBC: %s", stderr.String())
		}
	})
	return all
}

// inRealm are the options of a virtual machine whose user is alice of the realm.
func inRealm(tb testing.TB, realm *hivetest.Server) []string {
	tb.Helper()
	login := filepath.Join(tb.TempDir(), "login.conf")
	conf := `com.sun.security.jgss.initiate {
		com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true doNotPrompt=true
			keyTab="` + realm.KerberosFile("alice.keytab") + `" principal="alice@EXAMPLE.COM";
	};`
	if err := os.WriteFile(login, []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	return []string{
		"-Djava.security.krb5.conf=" + realm.KerberosFile("krb5.conf"), "-Djava.security.auth.login.config=" + login,
		"-Djavax.security.auth.useSubjectCredsOnly=false",
	}
}
