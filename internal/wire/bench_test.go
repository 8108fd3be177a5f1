package wire_test

import (
	"bufio"
	"bytes"
	"fmt"
	"testing"

	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

const benchRows, benchColumns = 1000, 10

func mixedReply(t testing.TB) []byte { return fetchReply(t, success(mixed())) }

// mixed is a batch of 1000 rows: six columns of fixed-size values and four of
// text, every tenth row NULL.
func mixed() *hiveserver.TRowSet {
	null := func(i int) bool { return i%10 == 9 }
	nulls := bitmap(benchRows, null)
	strs := func(format string) *hiveserver.TColumn {
		return &hiveserver.TColumn{StringVal: &hiveserver.TStringColumn{Nulls: nulls, Values: list(benchRows, null, func(i int) string {
			return fmt.Sprintf(format, i)
		})}}
	}
	i64s := func() *hiveserver.TColumn {
		return &hiveserver.TColumn{I64Val: &hiveserver.TI64Column{Nulls: nulls, Values: list(benchRows, null, func(i int) int64 { return int64(i) << 20 })}}
	}
	every := everyKind(benchRows, null).Columns
	return &hiveserver.TRowSet{
		Rows: []*hiveserver.TRow{},
		Columns: []*hiveserver.TColumn{
			every[0], every[2], every[3], i64s(), i64s(), every[5],
			strs("customer number %06d"), strs("2013-01-01 05:17:00.%06d"), strs("%d.2500"), strs("%d"),
		},
	}
}

func perValue(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(benchRows*benchColumns), "ns/value")
}

// BenchmarkDecode decodes the same bytes with the Decoder and with generated code.
func BenchmarkDecode(b *testing.B) {
	benchmarkDecode(b, mixed(), func(body []byte) error {
		return generated(body, &hiveserver.TCLIServiceFetchResultsResult{})
	})
}

// BenchmarkDecodeCompact does so with columns serialised in tasks.
func BenchmarkDecodeCompact(b *testing.B) {
	benchmarkDecode(b, serialised(b, mixed(), ""), func(body []byte) error {
		var result hiveserver.TCLIServiceFetchResultsResult
		if err := generated(body, &result); err != nil {
			return err
		}
		rs := result.Success.Results
		_, err := generatedColumns(compactProtocol(rs.BinaryColumns), int(*rs.ColumnCount))
		return err
	})
}

func benchmarkDecode(b *testing.B, rows *hiveserver.TRowSet, thrift func(body []byte) error) {
	body := bodyOf(b, fetchReply(b, success(rows)))
	run := func(name string, decode func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(); err != nil {
					b.Fatal(err)
				}
			}
			perValue(b)
		})
	}
	var d wire.Decoder
	run("ours", func() error { _, err := d.FetchResults(body); return err })
	run("thrift", func() error { return thrift(body) })
}

// BenchmarkTake takes the message off each kind of transport.
func BenchmarkTake(b *testing.B) {
	msg := mixedReply(b)
	framed := frame(msg)
	run := func(name string, take func(buf []byte) ([]byte, error)) {
		b.Run(name, func(b *testing.B) {
			var buf []byte
			b.SetBytes(int64(len(msg)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if buf, err = take(buf); err != nil {
					b.Fatal(err)
				}
			}
			perValue(b)
		})
	}
	src := bytes.NewReader(nil)
	br := bufio.NewReaderSize(src, 64<<10)
	run("unframed", func(buf []byte) ([]byte, error) {
		src.Reset(msg)
		return wire.ReadMessage(br, buf, len(msg))
	})
	frames := wire.NewFrameReader(src, nil, len(msg))
	run("framed", func(buf []byte) ([]byte, error) {
		src.Reset(framed)
		return frames.NextMessage(buf)
	})
	run("validate", func(buf []byte) ([]byte, error) { return buf, wire.Validate(msg) })
}
