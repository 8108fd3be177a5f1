package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// ServerError reports a server whose language is not known.
type ServerError struct{ Product, Version string }

func (e *ServerError) Error() string {
	return fmt.Sprintf("dialect: nothing is known of %q %q; say by its version which dialect it speaks", e.Product, e.Version)
}

// OfServer is the version of a server that names itself so, as [hive.Session.ServerVersion] tells: "Apache Hive" and
// "4.0.1". Kyuubi, as a server of Spark, speaks as that does. Another product, and a Hive before 2.3, is a
// [*ServerError].
//
// [hive.Session.ServerVersion]: https://pkg.go.dev/github.com/skep-go/skep/hive#Session.ServerVersion
func OfServer(product, version string) (Version, error) {
	name := strings.ToLower(product)
	if strings.Contains(name, "spark") || strings.Contains(name, "kyuubi") {
		return Spark35, nil
	}
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	m, err := strconv.Atoi(major)
	n, minorErr := strconv.Atoi(minor)
	switch {
	case !strings.Contains(name, "hive") || err != nil || minorErr != nil:
	case m >= 4:
		return Hive40, nil
	case m == 3:
		return Hive31, nil
	case m == 2 && n >= 3:
		return Hive23, nil
	}
	return 0, &ServerError{Product: product, Version: version}
}
