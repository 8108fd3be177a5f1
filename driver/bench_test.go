package driver_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/fakehs2"
)

// wide is a batch of rows of ten columns, every tenth value of one of them NULL, and their description.
func wide(rows int) (*hs.TGetResultSetMetadataResp, *hs.TFetchResultsResp) {
	schema, set := &hs.TTableSchema{}, &hs.TRowSet{Rows: []*hs.TRow{}}
	none := []byte{0}
	add := func(typ hs.TTypeId, column hs.TColumn) {
		entry := &hs.TTypeEntry{PrimitiveEntry: &hs.TPrimitiveTypeEntry{Type: typ}}
		schema.Columns = append(schema.Columns, &hs.TColumnDesc{
			ColumnName: fmt.Sprintf("c%d", len(set.Columns)), TypeDesc: &hs.TTypeDesc{Types: []*hs.TTypeEntry{entry}},
			Position: int32(len(set.Columns) + 1),
		})
		set.Columns = append(set.Columns, &column)
	}
	sparse := make([]byte, rows/8+1)
	for i := 9; i < rows; i += 10 {
		sparse[i/8] |= 1 << (i % 8)
	}
	text := func(format string) hs.TColumn {
		return hs.TColumn{StringVal: &hs.TStringColumn{Nulls: none, Values: list(rows, func(i int) string { return fmt.Sprintf(format, i) })}}
	}
	add(hs.TTypeId_INT_TYPE, hs.TColumn{I32Val: &hs.TI32Column{Nulls: none, Values: list(rows, func(i int) int32 { return int32(i) })}})
	add(hs.TTypeId_BIGINT_TYPE, hs.TColumn{I64Val: &hs.TI64Column{Nulls: none, Values: list(rows, func(i int) int64 { return int64(i) << 20 })}})
	add(hs.TTypeId_SMALLINT_TYPE, hs.TColumn{I16Val: &hs.TI16Column{Nulls: none, Values: list(rows, func(i int) int16 { return int16(i) })}})
	add(hs.TTypeId_DOUBLE_TYPE, hs.TColumn{DoubleVal: &hs.TDoubleColumn{Nulls: none, Values: list(rows, func(i int) float64 { return float64(i) / 2 })}})
	add(hs.TTypeId_BOOLEAN_TYPE, hs.TColumn{BoolVal: &hs.TBoolColumn{Nulls: none, Values: list(rows, func(i int) bool { return i%2 == 0 })}})
	add(hs.TTypeId_STRING_TYPE, text("customer number %06d"))
	add(hs.TTypeId_STRING_TYPE, text("%d"))
	add(hs.TTypeId_BIGINT_TYPE, hs.TColumn{I64Val: &hs.TI64Column{Nulls: sparse, Values: list(rows, func(i int) int64 { return int64(i) })}})
	add(hs.TTypeId_DECIMAL_TYPE, text("%d.25"))
	add(hs.TTypeId_TIMESTAMP_TYPE, text("2013-01-01 05:17:00.%06d"))
	status := &hs.TStatus{StatusCode: hs.TStatusCode_SUCCESS_STATUS}
	return &hs.TGetResultSetMetadataResp{Status: status, Schema: schema}, &hs.TFetchResultsResp{Status: status, Results: set}
}

func list[T any](n int, value func(int) T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = value(i)
	}
	return s
}

// BenchmarkScan reads a result row by row: all that is between the socket and the variables. The replies come from this
// process, encoded beforehand.
func BenchmarkScan(b *testing.B) {
	const batches, size = 50, 1000
	srv := fakehs2.Start(b, 0)
	description, batch := wide(size)
	describe := fakehs2.Encoded("GetResultSetMetadata", &hs.TCLIServiceGetResultSetMetadataResult{Success: description})
	fetch := slices.Repeat([]fakehs2.Step{fakehs2.Encoded("FetchResults", &hs.TCLIServiceFetchResultsResult{Success: batch})}, batches)
	db, err := sql.Open("skep", "hive://ana@"+srv.Addr())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var (
		n, big, small int64
		double        float64
		flag          bool
		name, text    string
		sparse        sql.NullInt64
		price         string
		at            sql.NullTime
	)
	b.ReportAllocs()
	for b.Loop() {
		// What was asked for behind the end of the last result is answered by now: it would take replies of this one.
		if err := db.PingContext(b.Context()); err != nil {
			b.Fatal(err)
		}
		srv.On("GetResultSetMetadata", describe)
		srv.On("FetchResults", fetch...)
		rows, err := db.QueryContext(b.Context(), "select * from wide")
		if err != nil {
			b.Fatal(err)
		}
		got := 0
		for ; rows.Next(); got++ {
			if err := rows.Scan(&n, &big, &small, &double, &flag, &name, &text, &sparse, &price, &at); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil || got != batches*size {
			b.Fatalf("got %d rows, %v; want %d", got, err, batches*size)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(batches*size), "ns/row")
}
