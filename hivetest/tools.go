package hivetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// MissingToolError says that a program which starting a server needs is not there, or is too old.
type MissingToolError struct {
	Tool   string // "java", "javac", "mvn", "python3" or "pip"
	Reason string // what was looked for, and what was found
	Debian string // the command that installs it on Debian and Ubuntu
	MacOS  string // the command that installs it on macOS
}

func (e *MissingToolError) Error() string {
	return fmt.Sprintf("hivetest: %s: %s; install it with %q (Debian, Ubuntu) or %q (macOS)", e.Tool, e.Reason, e.Debian, e.MacOS)
}

const minJava = 17

// jdk holds the paths of programs of one Java development kit.
type jdk struct{ java, javac, keytool string }

// findJDK takes $JAVA_HOME, or else the java on the PATH.
func findJDK(ctx context.Context) (*jdk, error) {
	missing := func(tool, format string, args ...any) error {
		return &MissingToolError{
			Tool: tool, Reason: fmt.Sprintf(format, args...),
			Debian: "apt-get install openjdk-17-jdk-headless", MacOS: "brew install openjdk@17",
		}
	}
	var java string
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java = filepath.Join(home, "bin", "java")
		if _, err := exec.LookPath(java); err != nil {
			return nil, missing("java", "a JDK %d or newer is needed, and JAVA_HOME=%s has no bin/java", minJava, home)
		}
	} else {
		var err error
		if java, err = exec.LookPath("java"); err != nil {
			return nil, missing("java", "a JDK %d or newer is needed, and neither JAVA_HOME nor PATH leads to one", minJava)
		}
	}
	out, err := exec.CommandContext(ctx, java, "-XshowSettings:properties", "-version").CombinedOutput()
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, missing("java", "a JDK %d or newer is needed, and %s -version fails: %v", minJava, java, err)
	}
	version := regexp.MustCompile(`java\.specification\.version = (?:1\.)?(\d+)`).FindSubmatch(out)
	home := regexp.MustCompile(`java\.home = (.+)`).FindSubmatch(out)
	if version == nil || home == nil {
		return nil, missing("java", "a JDK %d or newer is needed, and %s does not tell its version", minJava, java)
	}
	if v, _ := strconv.Atoi(string(version[1])); v < minJava {
		return nil, missing("java", "a JDK %d or newer is needed, and %s is version %d", minJava, java, v)
	}
	javac := filepath.Join(string(home[1]), "bin", "javac")
	if _, err := exec.LookPath(javac); err != nil {
		return nil, missing("javac", "%s is a Java runtime without the compiler %s", java, javac)
	}
	return &jdk{java: java, javac: javac, keytool: filepath.Join(filepath.Dir(javac), "keytool")}, nil
}

func findMaven() (string, error) {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", &MissingToolError{
			Tool: "mvn", Reason: "Maven is needed to download Hive, and is not on the PATH",
			Debian: "apt-get install maven", MacOS: "brew install maven",
		}
	}
	return mvn, nil
}

// findPip returns the Python program whose module pip works.
func findPip(ctx context.Context) (string, error) {
	missing := func(tool, reason string) error {
		return &MissingToolError{
			Tool: tool, Reason: reason,
			Debian: "apt-get install python3 python3-pip", MacOS: "brew install python",
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", missing("python3", "Python is needed to download Spark, and is not on the PATH")
	}
	if err := exec.CommandContext(ctx, python, "-m", "pip", "--version").Run(); err != nil {
		return "", missing("pip", "pip is needed to download Spark, and "+python+" has no such module")
	}
	return python, nil
}
