package figures

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	tests := []struct {
		figure Figure
		want   string // the JSON, or the error
	}{
		{
			Figure{Name: "a", Value: 40, Unit: "ms", Goal: AtMost(50)},
			`{"name":"a","value":40,"unit":"ms","against":"","ratio":null,"goal":"≤ 50 ms","met":true}`,
		},
		{
			Figure{Name: "a", Value: 40, Unit: "rows/s", Goal: AtLeast(50)},
			`{"name":"a","value":40,"unit":"rows/s","against":"","ratio":null,"goal":"≥ 50 rows/s","met":false}`,
		},
		{
			Figure{Name: "a", Value: 40, Unit: "rows/s", Against: "b", AgainstValue: 20, Goal: RatioAtLeast(2)},
			`{"name":"a","value":40,"unit":"rows/s","against":"b","ratio":2,"goal":"ratio ≥ 2","met":true}`,
		},
		{
			Figure{Name: "a", Value: 40, Unit: "ms", Against: "b", AgainstValue: 20, Goal: RatioAtMost(1.5)},
			`{"name":"a","value":40,"unit":"ms","against":"b","ratio":2,"goal":"ratio ≤ 1.5","met":false}`,
		},
		{
			Figure{Name: "a", Value: 0, Unit: "B"},
			`{"name":"a","value":0,"unit":"B","against":"","ratio":null,"goal":"","met":null}`,
		},
		{Figure{Value: 1, Unit: "ms"}, "a figure needs a name and a unit"},
		{Figure{Name: "a", Value: 1}, "a figure needs a name and a unit"},
		{Figure{Name: "a", Value: math.NaN(), Unit: "ms"}, "NaN is not a number"},
		{Figure{Name: "a", Value: math.Inf(1), Unit: "ms"}, "+Inf is not a number"},
		{Figure{Name: "a", Value: 1, Unit: "ms", Against: "b"}, "against b: cannot divide by 0"},
		{Figure{Name: "a", Value: 1, Unit: "ms", AgainstValue: 3}, "a ratio against nothing: set Against and AgainstValue"},
		{Figure{Name: "a", Value: 1, Unit: "ms", Goal: RatioAtMost(1)}, "a ratio against nothing: set Against and AgainstValue"},
	}
	for _, tt := range tests {
		var got string
		line, err := tt.figure.line()
		if err != nil {
			got = err.Error()
		} else {
			text, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if got != tt.want {
			t.Errorf("%+v:\n got %s\nwant %s", tt.figure, got, tt.want)
		}
	}
}

func TestRecord(t *testing.T) {
	file := filepath.Join(t.TempDir(), "build", "bench.json")
	t.Setenv(EnvFile, file)
	Record(t, Figure{Name: "connect", Value: 12.345678, Unit: "ms"})
	Record(t, Figure{Name: "rows", Value: 1, Unit: "rows/s"})
	Record(t, Figure{Name: "läuft", Value: 999, Unit: "ms", Goal: AtMost(50)})
	Record(t, Figure{Name: "rows", Value: 1834567.8, Unit: "rows/s", Against: "gohive", AgainstValue: 1e6, Goal: RatioAtLeast(1)})
	Record(t, Figure{Name: "connect", Value: 11.1, Unit: "ms"})
	lines, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := Print(&table, lines); err != nil {
		t.Fatal(err)
	}
	const want = `
figure       value  unit    ratio  against  goal
connect       11.1  ms
rows             1  rows/s
läuft          999  ms                      ≤ 50 ms    MISSED
rows     1,834,568  rows/s  1.83×  gohive   ratio ≥ 1  met
`
	if got := "\n" + table.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestReadNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	if err := os.WriteFile(file, []byte("[{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Read of half a file = %v, want an error that names it", err)
	}
}

func TestFormat(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.00012346: "0.0001235", 3.14159: "3.142", 999: "999", 1000: "1,000", -1000: "-1,000", -123456: "-123,456", 1e6: "1,000,000",
	} {
		if got := format(v); got != want {
			t.Errorf("format(%v) = %s, want %s", v, got, want)
		}
	}
}
