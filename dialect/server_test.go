package dialect_test

import (
	"errors"
	"testing"

	"github.com/skep-go/skep/dialect"
)

func TestOfServer(t *testing.T) {
	for _, c := range []struct {
		product, version string
		want             dialect.Version
		known            bool
	}{
		{"Apache Hive", "4.0.1", dialect.Hive40, true},
		{"Apache Hive", "4.2.0-SNAPSHOT", dialect.Hive40, true},
		{"Apache Hive", "3.1.3", dialect.Hive31, true},
		{"Apache Hive", "3.1.3000.7.1.9.0-387", dialect.Hive31, true},
		{"Apache Hive", "2.3.10", dialect.Hive23, true},
		{"Spark SQL", "3.5.3", dialect.Spark35, true},
		{"Apache Kyuubi", "1.9.0", dialect.Spark35, true},
		{product: "Apache Hive", version: "2.1.1"},
		{product: "Apache Hive", version: "1.2.1"},
		{product: "Apache Hive", version: "new"},
		{product: "Apache Hive"},
		{product: "Impala", version: "4.0.0"},
		{},
	} {
		got, err := dialect.OfServer(c.product, c.version)
		if known := !errors.As(err, new(*dialect.ServerError)); got != c.want || known != c.known {
			t.Errorf("%q %q: got %v, %v; want %v, known %v", c.product, c.version, got, err, c.want, c.known)
		}
	}
}
