package hivearrow_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/internal/fakehs2"
)

// result is a result of one column "c", whose values are sent as text.
func result(t *testing.T, id hs.TTypeId, precision, scale int32, texts ...string) *hive.Rows {
	t.Helper()
	entry := &hs.TPrimitiveTypeEntry{Type: id, TypeQualifiers: &hs.TTypeQualifiers{Qualifiers: map[string]*hs.TTypeQualifierValue{
		"precision": {I32Value: &precision}, "scale": {I32Value: &scale},
	}}}
	column := &hs.TColumnDesc{ColumnName: "c", TypeDesc: &hs.TTypeDesc{Types: []*hs.TTypeEntry{{PrimitiveEntry: entry}}}}
	set := &hs.TRowSet{Rows: []*hs.TRow{}, Columns: []*hs.TColumn{{StringVal: &hs.TStringColumn{Values: texts, Nulls: []byte{}}}}}
	srv := fakehs2.Start(t, 1)
	srv.On("GetResultSetMetadata", fakehs2.Reply(&hs.TCLIServiceGetResultSetMetadataResult{Success: &hs.TGetResultSetMetadataResp{
		Status: &hs.TStatus{}, Schema: &hs.TTableSchema{Columns: []*hs.TColumnDesc{column}},
	}}))
	srv.On("FetchResults", fakehs2.Reply(&hs.TCLIServiceFetchResultsResult{Success: &hs.TFetchResultsResp{Status: &hs.TStatus{}, Results: set}}))
	return query(t, srv)
}

// A value that is wrong or does not fit names its column and row, and leaks nothing.
func TestValueErrors(t *testing.T) {
	tests := []struct {
		name             string
		id               hs.TTypeId
		precision, scale int32
		good, bad        string
		options          hivearrow.Options
		doesNotFit       bool
		text             string
	}{
		{"precision", hs.TTypeId_DECIMAL_TYPE, 5, 2, "-999.99", "1000.00", hivearrow.Options{}, true, "1000.00 in decimal128(5,2)"},
		{"scale", hs.TTypeId_DECIMAL_TYPE, 5, 2, "1", "1.005", hivearrow.Options{}, true, "1.005 in decimal128(5,2)"},
		{"no decimal", hs.TTypeId_DECIMAL_TYPE, 5, 2, "1.5", "1,5", hivearrow.Options{}, false, "want a digit"},
		{"decimal256", hs.TTypeId_DECIMAL_TYPE, 40, 1, strings.Repeat("9", 39) + ".9", strings.Repeat("9", 40), hivearrow.Options{}, true, "in decimal256(40,1)"},
		{"timestamp[ns]", hs.TTypeId_TIMESTAMP_TYPE, 0, 0, "2262-04-11 23:47:16.854775807", "2262-04-11 23:47:16.854775808", hivearrow.Options{}, true, "set Options.Microseconds"},
		{"early timestamp[ns]", hs.TTypeId_TIMESTAMP_TYPE, 0, 0, "1677-09-21 00:12:43.145224192", "1677-09-21 00:12:43.145224191", hivearrow.Options{}, true, "timestamp[ns]"},
		{"timestamp[us]", hs.TTypeId_TIMESTAMP_TYPE, 0, 0, "9999-12-31 23:59:59.999999", "+300000-01-01 00:00:00", hivearrow.Options{Microseconds: true}, true, "timestamp[us]"},
		{"no timestamp", hs.TTypeId_TIMESTAMP_TYPE, 0, 0, "2020-01-02 03:04:05", "2020-01-02", hivearrow.Options{}, false, "2020-01-02"},
		{"timestamp with zone", hs.TTypeId_TIMESTAMPLOCALTZ_TYPE, 0, 0, "2020-01-02 03:04:05 UTC", "9999-01-02 03:04:05 UTC", hivearrow.Options{}, true, "timestamp[ns]"},
		{"date", hs.TTypeId_DATE_TYPE, 0, 0, "+5000000-01-01", "+6000000-01-01", hivearrow.Options{}, true, "date32"},
		{"interval", hs.TTypeId_INTERVAL_DAY_TIME_TYPE, 0, 0, "2147483647 23:59:59.999999999", "2147483648 00:00:00", hivearrow.Options{}, true, "month_day_nano_interval"},
		{"no array", hs.TTypeId_ARRAY_TYPE, 0, 0, "[1,2]", "[1,x]", hivearrow.Options{Types: map[string]string{"c": "array<int>"}}, false, "whole number"},
		{"decimal in an array", hs.TTypeId_ARRAY_TYPE, 0, 0, "[1.5]", "[1.5,10]", hivearrow.Options{Types: map[string]string{"c": "array<decimal(2,1)>"}}, true, "10.0 in decimal128(2,1)"},
		{"NULL as a key", hs.TTypeId_MAP_TYPE, 0, 0, `{"a":null}`, "{null:1}", hivearrow.Options{Types: map[string]string{"c": "map<string,int>"}}, true, "key NULL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			tt.options.Allocator = mem
			good := reader(t, result(t, tt.id, tt.precision, tt.scale, tt.good), tt.options)
			defer good.Release()
			if !good.Next() {
				t.Fatalf("%s: %v", tt.good, good.Err())
			}
			r := reader(t, result(t, tt.id, tt.precision, tt.scale, tt.good, tt.bad), tt.options)
			defer r.Release()
			var value *hive.ValueError
			if r.Next() || !errors.As(r.Err(), &value) {
				t.Fatalf("%s gives %v, want a *hive.ValueError", tt.bad, r.Err())
			}
			if value.Column != "c" || value.Row != 1 || errors.Is(value, hivearrow.ErrRange) != tt.doesNotFit || !strings.Contains(value.Error(), tt.text) {
				t.Errorf("got %v; want column c, row 1, %q, ErrRange: %v", value, tt.text, tt.doesNotFit)
			}
			if r.Next() || r.Err() != error(value) {
				t.Errorf("then %v; want the same again", r.Err())
			}
		})
	}
}

// A wall clock that the session's zone leaves out or repeats stays what it is.
func TestTimestampHasNoZone(t *testing.T) {
	want := []string{"2024-03-31 02:30:00", "2024-10-27 02:30:00"}
	r := reader(t, result(t, hs.TTypeId_TIMESTAMP_TYPE, 0, 0, want...), hivearrow.Options{Microseconds: true})
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	clocks := r.RecordBatch().Column(0).(*array.Timestamp)
	for i := range want {
		if got := clocks.Value(i).ToTime(arrow.Microsecond).Format(time.DateTime); got != want[i] {
			t.Errorf("got %s, want %s", got, want[i])
		}
	}
}
