//go:build unix

package hivetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program puts a shell script into a folder.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// settings is what java -XshowSettings:properties prints.
func settings(home, version string) string {
	return "echo '    java.home = " + home + "'; echo '    java.specification.version = " + version + "'"
}

func TestFindJDK(t *testing.T) {
	dir := t.TempDir()
	full, runtime, old, broken := filepath.Join(dir, "full"), filepath.Join(dir, "jre"), filepath.Join(dir, "old"), filepath.Join(dir, "broken")
	program(t, full+"/bin", "java", settings(full, "21"))
	program(t, full+"/bin", "javac", "")
	program(t, runtime+"/bin", "java", settings(runtime, "17"))
	program(t, old+"/bin", "java", settings(old, "1.8"))
	program(t, broken+"/bin", "java", "exit 3")
	for _, c := range []struct{ name, javaHome, path, tool, reason string }{
		{"JAVA_HOME", full, "", "", ""},
		{"PATH", "", full + "/bin", "", ""},
		{"JAVA_HOME before PATH", filepath.Join(dir, "nowhere"), full + "/bin", "java", "nowhere has no bin/java"},
		{"nothing", "", dir, "java", "neither JAVA_HOME nor PATH"},
		{"runtime only", "", runtime + "/bin", "javac", "without the compiler"},
		{"too old", old, "", "java", "is version 8"},
		{"broken", broken, "", "java", "exit status 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("JAVA_HOME", c.javaHome)
			t.Setenv("PATH", c.path)
			got, err := findJDK(context.Background())
			if c.tool == "" {
				if want := (jdk{full + "/bin/java", full + "/bin/javac", full + "/bin/keytool"}); err != nil || *got != want {
					t.Fatalf("got %v, %v, want %v", got, err, want)
				}
				return
			}
			checkMissing(t, err, c.tool, c.reason)
		})
	}
}

func TestFindDownloaders(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := findMaven()
	checkMissing(t, err, "mvn", "Maven is needed to download Hive")
	_, err = findPip(context.Background())
	checkMissing(t, err, "python3", "Python is needed to download Spark")
	program(t, dir, "python3", "exit 1")
	_, err = findPip(context.Background())
	checkMissing(t, err, "pip", "has no such module")
	program(t, dir, "mvn", "")
	if mvn, err := findMaven(); mvn != filepath.Join(dir, "mvn") || err != nil {
		t.Errorf("mvn: got %q, %v", mvn, err)
	}
}

func checkMissing(t *testing.T, err error, tool, reason string) {
	t.Helper()
	var missing *MissingToolError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v, want a *MissingToolError", err)
	}
	if missing.Tool != tool || !strings.Contains(missing.Reason, reason) {
		t.Errorf("got %s: %s, want %s: ...%s...", missing.Tool, missing.Reason, tool, reason)
	}
	for _, how := range []string{"apt-get install ", "brew install "} {
		if !strings.Contains(err.Error(), how) {
			t.Errorf("%q does not say %q", err, how)
		}
	}
}

// Start says what is missing before it downloads anything.
func TestStartWithoutJava(t *testing.T) {
	t.Setenv("SKEP_CACHE", t.TempDir())
	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", "")
	_, err := Start(context.Background(), Options{Kind: Hive401})
	checkMissing(t, err, "java", "neither JAVA_HOME nor PATH")
}
