package hivearrow

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/skep-go/skep/hive"
)

const secondsPerDay = 24 * 60 * 60

// date32 counts days from 1970-01-01.
func date32(d hive.Date) (arrow.Date32, error) {
	days := d.In(time.UTC).Unix() / secondsPerDay
	if days != int64(int32(days)) {
		return 0, fmt.Errorf("%w: %s in date32", ErrRange, d)
	}
	return arrow.Date32(days), nil
}

// The first and the last times in timestamp[ns] and timestamp[us].
var (
	minNano, maxNano   = time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
	minMicro, maxMicro = time.UnixMicro(math.MinInt64), time.UnixMicro(math.MaxInt64)
)

func (o Options) timestamp(t time.Time) (arrow.Timestamp, error) {
	if o.Microseconds {
		if t.Before(minMicro) || t.After(maxMicro) {
			return 0, fmt.Errorf("%w: %s in timestamp[us]", ErrRange, t)
		}
		return arrow.Timestamp(t.UnixMicro()), nil
	}
	if t.Before(minNano) || t.After(maxNano) {
		return 0, fmt.Errorf("%w: %s in timestamp[ns]; set Options.Microseconds", ErrRange, t)
	}
	return arrow.Timestamp(t.UnixNano()), nil
}

// monthDayNano is exact, as a day of both Hive's intervals and Arrow's days by themselves has 24 hours: the days and the
// nanoseconds within one have the same sign.
func monthDayNano(i hive.IntervalDayTime) (arrow.MonthDayNanoInterval, error) {
	days, seconds := i.Seconds()/secondsPerDay, i.Seconds()%secondsPerDay
	if days != int64(int32(days)) {
		return arrow.MonthDayNanoInterval{}, fmt.Errorf("%w: %s in month_day_nano_interval", ErrRange, i)
	}
	return arrow.MonthDayNanoInterval{Days: int32(days), Nanoseconds: seconds*int64(time.Second) + int64(i.Nanoseconds())}, nil
}
