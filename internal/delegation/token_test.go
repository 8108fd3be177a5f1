package delegation

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sample is a token of HiveServer2.
var sample = Token{Identifier: []byte("identifier"), Password: []byte("hunter22"), Kind: "HIVE_DELEGATION_TOKEN", Service: "hiveserver2ClientToken"}

// What Hadoop 3.3.6 itself has written is read, byte for byte: testdata has a token as text, and it in a file of each version.
func TestHadoop(t *testing.T) {
	want := Token{Identifier: make([]byte, 200), Password: []byte("hunter22"), Kind: sample.Kind, Service: sample.Service}
	for i := range want.Identifier {
		want.Identifier[i] = byte(i)
	}
	text, err := os.ReadFile("testdata/token")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Parse(string(text)); err != nil || !reflect.DeepEqual(got, want) || got.Text() != string(text) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	hdfs := Token{Identifier: []byte("identifier"), Password: []byte("pw"), Kind: "HDFS_DELEGATION_TOKEN", Service: "nn:8020"}
	for _, name := range []string{"testdata/version0", "testdata/version1"} {
		got, err := ReadFile(name)
		slices.SortFunc(got, func(a, b Entry) int { return strings.Compare(a.Alias, b.Alias) })
		if want := []Entry{{"hdfs", hdfs}, {"hive", want}}; err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestParse(t *testing.T) {
	long := Token{Identifier: bytes.Repeat([]byte{0xff}, 300), Password: bytes.Repeat([]byte{1}, 127), Kind: strings.Repeat("k", 128)}
	for _, want := range []Token{sample, long, {Identifier: []byte{}, Password: []byte{}}} {
		text := want.Text()
		for _, text := range []string{text, text + strings.Repeat("=", (4-len(text)%4)%4)} {
			if got, err := Parse(text); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Parse(%q) = %+v, %v, want %+v", text, got, err, want)
			}
		}
	}
}

func TestParseFaults(t *testing.T) {
	whole, err := base64.RawURLEncoding.DecodeString(sample.Text())
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{
		"hunter22 is none":     "not that of base64",
		text(append(whole, 0)): "more behind it",
		text([]byte{0x80}):     "negative length",
		text([]byte{0x90}):     "negative length",
		text([]byte{0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}): "ends in the middle",
	}
	for n := range whole {
		bad[text(whole[:n])] = "ends in the middle"
	}
	for text, want := range bad {
		_, err := Parse(text)
		if !errors.Is(err, ErrToken) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("Parse(%q): got %v, want an ErrToken with %q in it, and no secret", text, err, want)
		}
	}
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// file writes a file of tokens as Hadoop does, with a secret key.
func file(version byte, entries ...Entry) []byte {
	b := append([]byte(fileMagic), version)
	if version == 0 {
		b = appendVint(b, len(entries))
		for _, e := range entries {
			token, _ := base64.RawURLEncoding.DecodeString(e.Token.Text())
			b = append(append(appendVint(b, len(e.Alias)), e.Alias...), token...)
		}
		return append(append(b, 1, 3), "key\x08hunter22"...)
	}
	field := func(number int, body []byte) []byte {
		return append(binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(body))), body...)
	}
	var all []byte
	for _, e := range entries {
		token := slices.Concat(
			field(1, e.Token.Identifier), field(2, e.Token.Password), field(3, []byte(e.Token.Kind)), field(4, []byte(e.Token.Service)),
		)
		all = append(all, field(1, append(field(1, []byte(e.Alias)), field(2, token)...))...)
	}
	all = append(all, field(2, append(field(1, []byte("key")), field(3, []byte("hunter22"))...))...)
	return append(binary.AppendUvarint(b, uint64(len(all))), all...)
}

func TestReadFile(t *testing.T) {
	want := []Entry{{"hive", sample}, {strings.Repeat("a", 200), Token{Identifier: bytes.Repeat([]byte{2}, 200), Password: []byte{}, Kind: "k"}}}
	for _, version := range []byte{0, 1} {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			whole := file(version, want...)
			if got, err := readFile(t, whole); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			if got, err := readFile(t, file(version)); err != nil || len(got) != 0 {
				t.Errorf("of none: got %+v, %v", got, err)
			}
			end := len(whole)
			if version == 0 { // the keys behind the tokens are not read
				end = bytes.Index(whole, []byte("\x01\x03key"))
			}
			for n := range end {
				if got, err := readFile(t, whole[:n]); err == nil || strings.Contains(err.Error(), "hunter22") {
					t.Errorf("%d bytes: got %v, %v, want an error without the secret", n, got, err)
				}
			}
		})
	}
	for _, tc := range []struct{ content, want string }{
		{"", "does not begin with HDTS"},
		{"HDTS", "does not begin"},
		{"hunter22", "does not begin"},
		{"HDTS\x02", "version is 2"},
		{"HDTS\x01\x02\x08\x01", "field of a kind"},
		{"HDTS\x00\xff", "negative length"},
	} {
		if got, err := readFile(t, []byte(tc.content)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, %v, want an error with %q in it", tc.content, got, err, tc.want)
		}
	}
	if _, err := ReadFile("/no/such/file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

func readFile(t *testing.T, content []byte) ([]Entry, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadFile(name)
}

// FuzzParse: what is read as a token is written as one again.
func FuzzParse(f *testing.F) {
	f.Add(sample.Text())
	f.Add("AAAAAA==")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(token.Text()); err != nil || !reflect.DeepEqual(again, token) {
			t.Errorf("%q was read as %+v, and that as %+v, %v", text, token, again, err)
		}
	})
}

// FuzzFile: a file holds no more than its bytes.
func FuzzFile(f *testing.F) {
	f.Add(file(0, Entry{"hive", sample}))
	f.Add(file(1, Entry{"hive", sample}))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseFile(b)
		if err != nil {
			return
		}
		if len(entries) > len(b) {
			t.Errorf("%d tokens in %d bytes", len(entries), len(b))
		}
	})
}
