package integration

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// TestNullIntoPlainTypes: a target that cannot hold NULL is an error and never a zero.
func TestNullIntoPlainTypes(t *testing.T) {
	targets := []struct {
		typ    string
		target any
	}{
		{"boolean", new(bool)},
		{"int", new(int)},
		{"double", new(float64)},
		{"string", new(string)},
		{"timestamp", new(time.Time)},
		{"date", new(hive.Date)},
		{"decimal(5,2)", new(hive.Decimal)},
		{"string", new(hive.Nested)},
		{"string", new(hive.IntervalDayTime)},
		{"string", new(hive.IntervalYearMonth)},
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		var texts []string
		for i, c := range targets {
			texts = append(texts, fmt.Sprintf("cast(null as %s) as c%d", c.typ, i))
		}
		rows, err := live.Open(t, srv).QueryContext(t.Context(), "select "+strings.Join(texts, ", "))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
		for i, c := range targets {
			dest := make([]any, len(targets))
			for j := range dest {
				dest[j] = new(any)
			}
			dest[i] = c.target
			if err := rows.Scan(dest...); err == nil {
				t.Errorf("NULL %s into %T: no error", c.typ, c.target)
			}
		}
	})
}

// money is a decimal type of another package: it scans text.
type money struct{ *big.Rat }

func (m *money) Scan(src any) error {
	var text string
	switch src := src.(type) {
	case string:
		text = src
	case []byte:
		text = string(src)
	default:
		return fmt.Errorf("cannot scan %T", src)
	}
	var ok bool
	if m.Rat, ok = new(big.Rat).SetString(text); !ok {
		return fmt.Errorf("cannot scan %q", text)
	}
	return nil
}

func (m money) Value() (driver.Value, error) { return m.FloatString(2), nil }

// TestForeignDecimal: a DECIMAL goes into other packages' types, exactly.
func TestForeignDecimal(t *testing.T) {
	const digits = "-123456789012345678901234567890.12345678"
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		var got money
		var null sql.Null[money]
		row := live.Open(t, srv).QueryRowContext(t.Context(), "select cast('"+digits+"' as decimal(38,8)), cast(null as decimal(38,8))")
		if err := row.Scan(&got, &null); err != nil {
			t.Fatal(err)
		}
		if got.FloatString(8) != digits || null.Valid {
			t.Errorf("got %s and %v, want %s and NULL", got.FloatString(8), null, digits)
		}
	})
}

// TestJulianDay: Hive 2 reckons by the calendar of Caesar until 1582, and may send a day that the client's calendar lacks.
func TestJulianDay(t *testing.T) {
	const query = "select cast('1500-02-29' as date) as d"
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), query)
		got, err := b.Value(0, 0)
		if live.On(live.NewOnes, srv) {
			if got != nil && got != samples.Day(1500, 3, 1) || err != nil { // Hive reads it leniently, Spark gives NULL
				t.Errorf("got %v, %v", got, err)
			}
			return
		}
		var bad *hive.ValueError
		if !errors.As(err, &bad) || bad.Column != "d" {
			t.Errorf("got %v, %v, want *hive.ValueError of d", got, err)
		}
		err = live.Drain(t.Context(), live.Open(t, srv).QueryContext, query)
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "1500-02-29") {
			t.Errorf("got %v, want *hive.ValueError that quotes the day", err)
		}
	})
}

// TestLocation: location= says where the clock of a TIMESTAMP hangs.
func TestLocation(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Time{
		time.Date(2021, 1, 15, 12, 0, 0, 500_000_000, newYork),
		time.Date(2021, 7, 15, 12, 0, 0, 0, newYork),
		time.Date(2021, 3, 14, 2, 30, 0, 0, newYork),  // which the clocks left out
		time.Date(2021, 11, 7, 1, 30, 0, 0, newYork),  // which came twice
		time.Date(2020, 2, 29, 0, 0, 0, 0, newYork),   // a DATE
		time.Date(1883, 11, 18, 12, 0, 0, 0, newYork), // local mean time
	}
	const query = `select timestamp '2021-01-15 12:00:00.5', timestamp '2021-07-15 12:00:00', timestamp '2021-03-14 02:30:00',
		timestamp '2021-11-07 01:30:00', date '2020-02-29', timestamp '1883-11-18 12:00:00'`
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		got, dest := make([]time.Time, len(want)), make([]any, len(want))
		for i := range got {
			dest[i] = &got[i]
		}
		row := live.Open(t, srv, "location=America/New_York").QueryRowContext(t.Context(), query)
		if err := row.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if live.On(live.Spark, srv) && i == 2 {
				continue // Spark's own TIMESTAMP has a zone, in which that clock exists
			}
			if !got[i].Equal(want[i]) || got[i].Location().String() != "America/New_York" {
				t.Errorf("column %d: got %v, want %v", i, got[i], want[i])
			}
		}
	})
}

// TestLocalTimeZone: a TIMESTAMP WITH LOCAL TIME ZONE is an instant, shown in the zone of the session.
func TestLocalTimeZone(t *testing.T) {
	want := samples.UTC(2020, 7, 1, 12, 30, 0, 123_456_789)
	for _, kind := range live.Since3 {
		t.Run(string(kind), func(t *testing.T) { localTimeZone(t, live.Shared(t, kind), want) })
	}
}

func localTimeZone(t *testing.T, srv *hivetest.Server, want time.Time) {
	t.Helper()
	for _, zone := range []string{"UTC", "Europe/Paris", "Asia/Kolkata", "America/St_Johns", "+05:45", "-03:00"} {
		t.Run(zone, func(t *testing.T) {
			s := live.Connect(t, live.Config(t, srv, func(c *hive.Config) {
				c.SessionConf = map[string]string{"hive.local.time.zone": zone}
			}))
			b := onlyBatch(t, s, "select cast('2020-07-01 12:30:00.123456789 UTC' as timestamp with local time zone)")
			got, err := b.Value(0, 0)
			at, ok := got.(time.Time)
			if err != nil || !ok || !at.Equal(want) || at.Location().String() != zone {
				t.Errorf("got %v, %v, want %v in %s", got, err, want, zone)
			}
		})
	}
	t.Run("table", func(t *testing.T) {
		db := live.Open(t, srv)
		live.Exec(t, db, "create table if not exists types_instant (at timestamp with local time zone) stored as textfile")
		live.Exec(t, db, "insert overwrite table types_instant select cast('2020-07-01 12:30:00.123456789 UTC' as timestamp with local time zone)")
		var got time.Time
		if err := db.QueryRowContext(t.Context(), "select at from types_instant").Scan(&got); err != nil || !got.Equal(want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

// TestIntervals: an interval prints as Hive prints it, and goes to the server and back as it was.
func TestIntervals(t *testing.T) {
	months := []hive.IntervalYearMonth{0, 1, -1, 11, 12, -14, 12*9999 + 11}
	spans := []hive.IntervalDayTime{
		{},
		hive.IntervalOf(1), hive.IntervalOf(-time.Microsecond), hive.IntervalOf(time.Second), hive.IntervalOf(-time.Hour),
		hive.IntervalOf(26*time.Hour + 3*time.Minute + 4*time.Second + 5), hive.IntervalOf(-1000*24*time.Hour - time.Microsecond),
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv))
		check := func(literal string, err error, want fmt.Stringer) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			b := onlyBatch(t, s, "select "+literal)
			got, err := b.Value(0, 0)
			if err != nil || got != want {
				t.Errorf("%s: got %v, %v, want %v", literal, got, err, want)
			}
			if sent, err := b.DriverValue(0, 0); err != nil || sent != want.String() {
				t.Errorf("%s: the server prints %v, %v, we print %s", literal, sent, err, want)
			}
		}
		for _, m := range months {
			literal, err := m.HiveLiteral()
			check(literal, err, m)
		}
		for _, d := range spans {
			want := d
			if live.On(live.Spark, srv) && d.Nanoseconds()%1000 != 0 { // it cuts to microseconds
				want, _ = hive.ParseIntervalDayTime(strings.TrimSuffix(d.String(), d.String()[len(d.String())-3:]) + "000")
			}
			literal, err := d.HiveLiteral()
			check(literal, err, want)
		}
	})
}
