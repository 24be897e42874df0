"use strict";

// Draws the chart of a figure from the table within it: the first column names what is counted, and
// each heading with data-series is a series. A cell's number is its data-value.

(() => {
    const style = getComputedStyle(document.documentElement);
    const token = name => style.getPropertyValue(name).trim();

    const read = table => ({
        labels: [...table.tBodies[0].rows].map(row => row.cells[0].textContent.trim()),
        series: [...table.tHead.rows[0].cells]
            .filter(heading => heading.dataset.series)
            .map((heading, i) => ({
                label: heading.textContent.trim(),
                data: [...table.tBodies[0].rows].map(row => {
                    const value = row.cells[heading.cellIndex].dataset.value;
                    return value === undefined ? null : Number(value);
                }),
                backgroundColor: token(`--sg-chart-${i + 1}`),
                borderColor: token(`--sg-chart-${i + 1}`),
                // Lines and points differ in form, too.
                borderDash: i === 1 ? [6, 4] : [],
                pointStyle: ["circle", "rect", "triangle"][i % 3],
                pointRadius: 4,
                maxBarThickness: 28,
            })),
    });

    // A long name would leave no room for its bar.
    const longest = window.innerWidth < 600 ? 14 : 28;
    const shorten = label =>
        label.length > longest ? label.slice(0, longest - 1) + "…" : label;

    const draw = figure => {
        const canvas = figure.querySelector("canvas");
        const { labels, series } = read(figure.querySelector("table"));
        const kind = figure.dataset.chart;
        const across = kind === "across";
        const axis = counts => ({
            stacked: kind !== "line",
            beginAtZero: true,
            max: counts && figure.dataset.most ? Number(figure.dataset.most) : undefined,
            grid: { color: token("--sg-line") },
            ticks: {
                color: token("--sg-text"),
                precision: counts ? 0 : undefined,
                callback(value) {
                    return counts ? value : shorten(this.getLabelForValue(value));
                },
            },
        });

        if (labels.length === 0)
            return;
        canvas.parentElement.hidden = false;
        if (across)
            canvas.parentElement.style.height = `${Math.min(4 + 2.2 * labels.length, 30)}rem`;
        new Chart(canvas, {
            type: kind === "line" ? "line" : "bar",
            data: { labels, datasets: series },
            options: {
                animation: false,
                maintainAspectRatio: false,
                indexAxis: across ? "y" : "x",
                scales: { x: axis(across), y: axis(!across) },
                plugins: {
                    legend: {
                        display: series.length > 1,
                        labels: { color: token("--sg-text"), usePointStyle: kind === "line" },
                    },
                },
            },
        });
    };

    document.querySelectorAll("figure[data-chart]").forEach(draw);
})();
