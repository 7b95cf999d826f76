document.getElementById("app").textContent = "Daybook";
