package peers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
