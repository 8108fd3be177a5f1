package hiveql

import (
	"strings"
	"testing"
	"time"
)

func TestAppendDecimal(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // want "" is an error
		{"1.50", "1.50BD"},
		{"-12", "-12BD"},
		{"+7.", "7BD"},
		{".5", "0.5BD"},
		{"-.5", "-0.5BD"},
		{"00" + strings.Repeat("9", 38), "00" + strings.Repeat("9", 38) + "BD"},
		{strings.Repeat("9", 39), ""},
		{"", ""},
		{"-", ""},
		{"+-1", ""},
		{"--1", ""},
		{"1e3", ""},
		{"1 or 1=1", ""},
	} {
		got, err := AppendDecimal([]byte("x"), tt.in)
		if want := "x" + tt.want; string(got) != want || (err == nil) != (tt.want != "") {
			t.Errorf("AppendDecimal(%q) = %s, %v; want %s", tt.in, got, err, want)
		}
	}
}

func TestAppendDate(t *testing.T) {
	if got, err := AppendDate(nil, 44, time.March, 5); err != nil || string(got) != "date '0044-03-05'" {
		t.Errorf("AppendDate = %s, %v", got, err)
	}
	for _, year := range []int{0, -1, 10000} {
		if got, err := AppendDate([]byte("x"), year, time.March, 5); err == nil || string(got) != "x" {
			t.Errorf("AppendDate of year %d = %s, %v; want an error", year, got, err)
		}
	}
}
