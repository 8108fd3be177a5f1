package hive

import (
	"bytes"
	"errors"

	"github.com/skep-go/skep/internal/wire"
)

// serializeInTasks is Hive's name of [Config.SerializeInTasks].
const serializeInTasks = "hive.server2.thrift.resultset.serialize.in.tasks"

var _ = registerParams(serializeParam())

func serializeParam() param {
	p := wordParam("serializeInTasks", "true", "false", func(c *Config) *bool { return &c.SerializeInTasks })
	p.check = func(c *Config) error {
		if _, set := c.SessionConf[serializeInTasks]; set && c.SerializeInTasks {
			return errors.New("hiveconf:" + serializeInTasks + " is set, too: remove one of the two")
		}
		return nil
	}
	return p
}

// padDecimals gives the DECIMALs of a result serialised in tasks the scale of their column, with which HiveServer2 sends
// all others: a task writes 1.5000 as 1.5 (HiveDecimal.toString in place of toFormatString).
func padDecimals(columns []Column, set *wire.RowSet) error {
	if !set.Serialised {
		return nil
	}
	for i, c := range columns {
		scale := min(c.Type.Scale, maxDecimalPrecision)
		if c.Type.Kind != KindDecimal || scale < 1 {
			continue
		}
		err := set.Columns[i].Rewrite(func(dst, text []byte) []byte { return appendPadded(dst, text, scale) })
		if err != nil {
			return err
		}
	}
	return nil
}

// appendPadded appends the text of a decimal with at least so many digits after the point. What is no number in plain
// digits stays as it is.
func appendPadded(dst, text []byte, scale int) []byte {
	dst = append(dst, text...)
	whole, fraction, point := bytes.Cut(bytes.TrimPrefix(text, []byte("-")), []byte("."))
	if !isDigits(whole) || point && !isDigits(fraction) {
		return dst
	}
	if !point {
		dst = append(dst, '.')
	}
	for range scale - len(fraction) {
		dst = append(dst, '0')
	}
	return dst
}

func isDigits(p []byte) bool {
	return len(p) > 0 && len(bytes.Trim(p, "0123456789")) == 0
}
