package hive_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
)

// mark stands in for a password: text that occurs nowhere else.
const mark = "Zq7Xsecret7qZ"

func FuzzParseDSN(f *testing.F) {
	for _, tc := range dsnCases {
		f.Add(strings.TrimPrefix(tc.dsn, "hive://"))
	}
	for _, tc := range dsnFaults {
		f.Add(strings.TrimPrefix(tc.dsn, "hive://"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := hive.ParseDSN("hive://" + s); err == nil {
			checkRoundTrip(t, c)
			checkRedaction(t, c)
		}
		// The mark is (part of) the password, whatever s is.
		before, after, _ := strings.Cut(s, "@")
		checkNoMark(t, "hive://u:"+mark+s)
		checkNoMark(t, "hive://u:"+before+mark+"@"+after)
		for _, key := range []string{"jwt", "httpHeader:X", "httpCookie:c", "tlsCAPassword", "tlsKeyPassword"} {
			checkNoMark(t, "hive://h?"+s+"&"+key+"="+mark)
			checkNoMark(t, "hive://h?"+key+"="+mark+s)
		}
	})
}

func FuzzParseJDBC(f *testing.F) {
	for _, tc := range jdbcCases {
		f.Add(strings.TrimPrefix(tc.url, "jdbc:hive2://"))
	}
	for _, tc := range jdbcFaults {
		f.Add(strings.TrimPrefix(tc.url, "jdbc:hive2://"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := hive.ParseDSN("jdbc:hive2://" + s); err == nil {
			checkRoundTrip(t, c)
			checkRedaction(t, c)
		}
		checkNoMark(t, "jdbc:hive2://h/;password="+mark+s)
		checkNoMark(t, "jdbc:hive2://h/"+s+";password="+mark)
	})
}

// checkNoMark holds the law that no error shows the password.
func checkNoMark(t *testing.T, dsn string) {
	t.Helper()
	if _, err := hive.ParseDSN(dsn); err != nil && strings.Contains(err.Error(), mark) {
		t.Errorf("ParseDSN(%q) shows the password: %v", dsn, err)
	}
}

// checkRedaction holds the law that what is printed of c does not depend on its password.
func checkRedaction(t *testing.T, c *hive.Config) {
	t.Helper()
	if c.Password == "" {
		return
	}
	other := c.Clone()
	other.Password = mark
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%d", "%x"} {
		if got, want := fmt.Sprintf(verb, *c), fmt.Sprintf(verb, *other); got != want {
			t.Errorf("%s shows the password: %s differs from %s", verb, got, want)
		}
	}
}
