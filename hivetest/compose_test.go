package hivetest

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

const composeFile = "../docker-compose.yml"

// Images are pinned by version, ports bound to loopback, and the data source name that the file and the README name is
// that of the published port.
func TestCompose(t *testing.T) {
	b, err := os.ReadFile(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	images := regexp.MustCompile(`(?m)^ +image: *(\S+)`).FindAllStringSubmatch(text, -1)
	if len(images) != 4 {
		t.Errorf("got %d images, want 4", len(images))
	}
	for _, m := range images {
		if !regexp.MustCompile(`^[a-z][a-z/]*:\d+\.\d+`).MatchString(m[1]) {
			t.Errorf("image %s is not pinned by version", m[1])
		}
	}
	if !strings.Contains(text, "image: apache/hive:"+recipes[Hive401].version+"\n") {
		t.Errorf("Hive is not the version %s of %s", recipes[Hive401].version, Hive401)
	}
	ports := regexp.MustCompile(`(?m)^ +- "?([0-9.:]*:\d+)"?$`).FindAllStringSubmatch(text, -1)
	published := map[string]bool{}
	for _, m := range ports {
		host, container, _ := strings.Cut(strings.TrimPrefix(m[1], "127.0.0.1:"), ":")
		if !strings.HasPrefix(m[1], "127.0.0.1:") || host != container {
			t.Errorf("port %s: want 127.0.0.1:PORT:PORT", m[1])
		}
		published[host] = true
	}
	if len(published) != strings.Count(text, "ports:") || !published["10000"] || !published["9083"] {
		t.Errorf("published: got %v, want 10000 and 9083", published)
	}
	if got, want := strings.Count(text, "healthcheck:"), 3; got != want {
		t.Errorf("got %d health checks, want %d: all but the service that ends", got, want)
	}
	for _, doc := range []string{composeFile, "../README.md"} {
		checkComposeDSN(t, doc, doc == composeFile, published)
	}
}

// checkComposeDSN checks that a document gives SKEP_HIVE_DSN no data source name but a published one.
func checkComposeDSN(t *testing.T, doc string, wanted bool, published map[string]bool) {
	t.Helper()
	b, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`SKEP_HIVE_DSN='?hive://[^ '\n]*@127\.0\.0\.1:(\d+)/`).FindAllStringSubmatch(string(b), -1)
	if wanted && len(found) == 0 {
		t.Errorf("%s does not name the data source", doc)
	}
	for _, m := range found {
		if !published[m[1]] {
			t.Errorf("%s names port %s, which is not published", doc, m[1])
		}
	}
}

// Docker's own reading of the file, where there is one.
func TestComposeConfig(t *testing.T) {
	for _, command := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		if exec.Command(command[0], append(command[1:], "version")...).Run() != nil {
			continue
		}
		args := append(command[1:], "--file", composeFile, "config", "--services")
		out, err := exec.Command(command[0], args...).CombinedOutput()
		services := strings.Fields(string(out))
		if err != nil || len(services) != 4 {
			t.Errorf("%s config: got %v\n%s", strings.Join(command, " "), err, out)
		}
		return
	}
	t.Log("no docker compose here: the file was read by TestCompose alone")
}
