package discovery

import (
	"slices"
	"testing"
	"time"
)

func TestOrder(t *testing.T) {
	addrs := []string{"a", "b", "c"}
	for _, tc := range []struct {
		policy Policy
		want   [][]int
	}{
		{FirstAlive, [][]int{{0, 1, 2}, {0, 1, 2}}},
		{RoundRobin, [][]int{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 1, 2}}},
	} {
		c := Choice{Policy: tc.policy}
		for i, want := range tc.want {
			if got := c.Order(addrs); !slices.Equal(got, want) {
				t.Errorf("policy %d, time %d: got %v, want %v", tc.policy, i, got, want)
			}
		}
		if got := c.Order(nil); len(got) != 0 {
			t.Errorf("policy %d: %v of nothing", tc.policy, got)
		}
	}
	var c Choice
	first := map[int]int{}
	for range 300 {
		order := c.Order(addrs)
		first[order[0]]++
		if slices.Sort(order); !slices.Equal(order, []int{0, 1, 2}) {
			t.Fatalf("got %v, want each once", order)
		}
	}
	for i := range addrs {
		if first[i] < 50 {
			t.Errorf("the first was %s %d times of 300", addrs[i], first[i])
		}
	}
}

// One that has failed comes last, until it cools down or answers.
func TestCoolDown(t *testing.T) {
	now := time.Now()
	c := Choice{Policy: FirstAlive, now: func() time.Time { return now }}
	check := func(want ...int) {
		t.Helper()
		if got := c.Order([]string{"a", "b", "c"}); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	c.Note("a", false)
	check(1, 2, 0)
	c.Note("b", false)
	check(2, 0, 1)
	c.Note("a", true)
	check(0, 2, 1)
	now = now.Add(coolDown - 1)
	check(0, 2, 1)
	now = now.Add(1)
	check(0, 1, 2)
	if len(c.failed) != 0 {
		t.Errorf("still remembered: %v", c.failed)
	}
}
