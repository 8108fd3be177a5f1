package hivereflect

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	hms "github.com/beltran/gohive/hive_metastore"
)

// Statistics are what Hive has counted in a table or in a partition. A number that nobody has counted is -1.
type Statistics struct {
	Rows, Files int64
	// Bytes is the size of the files, RawBytes that of the values in them.
	Bytes, RawBytes int64
	// Accurate: nothing has changed since, as far as Hive knows.
	Accurate bool
	Columns  []ColumnStatistics // of those columns that were counted, sorted by name
}

// ColumnStatistics are what Hive has counted in a column. A number that nobody has counted, or that makes no sense for the
// type, is -1.
type ColumnStatistics struct {
	Column string
	Type   string // as Hive writes it
	Nulls  int64
	// Distinct is the number of different values, which is an estimate.
	Distinct int64
	// Min and Max are nil if they are not known, or else an int64, a float64, a time.Time in UTC for a DATE or a TIMESTAMP,
	// or a string with the digits of a DECIMAL.
	Min, Max any
	// AvgLength and MaxLength are those of texts, in characters, or of BINARY, in octets.
	AvgLength     float64
	MaxLength     int64
	Trues, Falses int64
}

// PartitionStatistics are those of one partition.
type PartitionStatistics struct {
	Name string
	Statistics
}

// readStatistics finds what the properties of a table or a partition tell.
func readStatistics(properties map[string]string) Statistics {
	count := func(name string) int64 {
		n, err := strconv.ParseInt(properties[name], 10, 64)
		if err != nil || n < 0 {
			return -1
		}
		return n
	}
	return Statistics{
		Rows: count("numRows"), Files: count("numFiles"), Bytes: count("totalSize"), RawBytes: count("rawDataSize"),
		Accurate: strings.Contains(properties["COLUMN_STATS_ACCURATE"], `"BASIC_STATS":"true"`),
	}
}

func readColumnStatistics(list []*hms.ColumnStatisticsObj) []ColumnStatistics {
	var all []ColumnStatistics
	for _, o := range sorted(list, func(o *hms.ColumnStatisticsObj) (string, int32) { return o.ColName, 0 }) {
		s := ColumnStatistics{
			Column: o.ColName, Type: o.ColType, Nulls: -1, Distinct: -1, AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1,
		}
		if o.StatsData != nil {
			s.read(o.StatsData)
		}
		all = append(all, s)
	}
	return all
}

// read takes the one field of a union that is there.
func (s *ColumnStatistics) read(d *hms.ColumnStatisticsData) {
	switch {
	case d.BooleanStats != nil:
		s.Nulls, s.Trues, s.Falses = d.BooleanStats.NumNulls, d.BooleanStats.NumTrues, d.BooleanStats.NumFalses
	case d.LongStats != nil:
		s.Nulls, s.Distinct = d.LongStats.NumNulls, d.LongStats.NumDVs
		s.Min, s.Max = deref(d.LongStats.LowValue), deref(d.LongStats.HighValue)
	case d.DoubleStats != nil:
		s.Nulls, s.Distinct = d.DoubleStats.NumNulls, d.DoubleStats.NumDVs
		s.Min, s.Max = deref(d.DoubleStats.LowValue), deref(d.DoubleStats.HighValue)
	case d.StringStats != nil:
		s.Nulls, s.Distinct = d.StringStats.NumNulls, d.StringStats.NumDVs
		s.AvgLength, s.MaxLength = d.StringStats.AvgColLen, d.StringStats.MaxColLen
	case d.BinaryStats != nil:
		s.Nulls, s.AvgLength, s.MaxLength = d.BinaryStats.NumNulls, d.BinaryStats.AvgColLen, d.BinaryStats.MaxColLen
	case d.DecimalStats != nil:
		s.Nulls, s.Distinct = d.DecimalStats.NumNulls, d.DecimalStats.NumDVs
		s.Min, s.Max = decimalText(d.DecimalStats.LowValue), decimalText(d.DecimalStats.HighValue)
	case d.DateStats != nil:
		s.Nulls, s.Distinct = d.DateStats.NumNulls, d.DateStats.NumDVs
		if v := d.DateStats.LowValue; v != nil {
			s.Min = time.Unix(v.DaysSinceEpoch*24*60*60, 0).UTC()
		}
		if v := d.DateStats.HighValue; v != nil {
			s.Max = time.Unix(v.DaysSinceEpoch*24*60*60, 0).UTC()
		}
	case d.TimestampStats != nil:
		s.Nulls, s.Distinct = d.TimestampStats.NumNulls, d.TimestampStats.NumDVs
		if v := d.TimestampStats.LowValue; v != nil {
			s.Min = time.Unix(v.SecondsSinceEpoch, 0).UTC()
		}
		if v := d.TimestampStats.HighValue; v != nil {
			s.Max = time.Unix(v.SecondsSinceEpoch, 0).UTC()
		}
	}
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// decimalText writes a number that is kept as java.math.BigDecimal: an integer in two's complement, and how many of its
// digits are behind the point.
func decimalText(d *hms.Decimal) any {
	const most = 64 // octets; 38 digits take 16
	if d == nil || len(d.Unscaled) == 0 || len(d.Unscaled) > most {
		return nil
	}
	n := new(big.Int).SetBytes(d.Unscaled)
	if d.Unscaled[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(d.Unscaled))))
	}
	sign, digits, scale := "", n.String(), int(d.Scale)
	if n.Sign() < 0 {
		sign, digits = "-", digits[1:]
	}
	if scale <= 0 {
		return sign + digits + strings.Repeat("0", -scale)
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
