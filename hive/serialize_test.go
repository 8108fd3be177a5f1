package hive

import (
	"testing"

	hs "github.com/beltran/gohive/hiveserver"
)

func TestAppendPadded(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale int
		want  string
	}{
		{"1.5", 4, "1.5000"},
		{"-1.5", 4, "-1.5000"},
		{"0", 2, "0.00"},
		{"-12", 1, "-12.0"},
		{"1.50", 2, "1.50"},
		{"1.505", 2, "1.505"}, // never cut
		{"", 2, ""},
		{"-", 2, "-"},
		{"1.", 2, "1."},
		{".5", 2, ".5"},
		{"1E-7", 9, "1E-7"},
		{"1.2.3", 9, "1.2.3"},
		{"nought", 2, "nought"},
	} {
		if got := string(appendPadded([]byte("x"), []byte(c.text), c.scale)); got != "x"+c.want {
			t.Errorf("%q to %d digits: got %q, want %q", c.text, c.scale, got[1:], c.want)
		}
	}
}

func TestSerializeInTasksRequest(t *testing.T) {
	const key = "set:hiveconf:hive.server2.thrift.resultset.serialize.in.tasks"
	for want, c := range map[string]Config{"true": {SerializeInTasks: true}, "": {}} {
		s := &Session{cfg: &c}
		got := s.openRequest(hs.TProtocolVersion_HIVE_CLI_SERVICE_PROTOCOL_V10).Configuration[key]
		if got != want {
			t.Errorf("SerializeInTasks %v: got %q, want %q", c.SerializeInTasks, got, want)
		}
	}
}
